import Catalog
import Compute
import Foundation
import Testing

/// ADE20K's full release on small trees that lie as the real ones do, from the list of files to the gold of tokens.
struct ADE20KReleaseTests {
  private let tree: TinyDataSet
  /// Indices of the release: those above 255 need red and green.
  private let classes = DataSetLabels(
    classes: ["car", "person", "sky", "first"], labels: [[401], [1831, 1832], [2420], [1]], void: [],
    encoding: .ade20kRelease)
  private let indices = [401, 1831, 1832, 2420, 1, 0, 402, 145, 2978]
  private let gold: [String?] = ["car", "person", "person", "sky", "first", nil, nil, nil, nil]

  init() throws { tree = try TinyDataSet() }

  private func add(_ image: String, _ indices: [Int]) throws {
    try tree.addImage("\(image).jpg")
    try tree.addReleaseMask("\(image)_seg.png", indices)
    try tree.addReleaseMask("\(image)_parts_1.png", indices.reversed())
  }

  @Test func `the release of 2021 is read from its folders of scenes, past parts and instances`() throws {
    try add("images/ADE/training/urban/street/ADE_train_00000001", indices)
    try add("images/ADE/training/cultural/apse__indoor/ADE_train_00000002", indices.reversed())
    try add("images/ADE/validation/urban/street/ADE_val_00000001", indices)
    try tree.addImage("images/ADE/training/urban/street/ADE_train_00000001/instance_000_ADE_train_00000001.png")
    #expect(
      try tree.gold(.ade20kRelease, split: "training", classes: classes) == [
        "ADE_train_00000001": gold, "ADE_train_00000002": gold.reversed(),
      ])
    #expect(try tree.gold(.ade20kRelease, split: "validation", classes: classes) == ["ADE_val_00000001": gold])
  }

  @Test func `the release of 2016 is read from its folders of letters, however deep its scenes lie`() throws {
    try add("images/training/a/abbey/ADE_train_00000970", indices)
    try add("images/training/c/casino/indoor/ADE_train_00000971", indices)
    try add("images/validation/a/abbey/ADE_val_00000001", indices)
    #expect(
      try tree.gold(.ade20kRelease, split: "training", classes: classes) == [
        "ADE_train_00000970": gold, "ADE_train_00000971": gold,
      ])
  }

  @Test func `a label map that is not in colours is refused with its name`() throws {
    try add("images/ADE/training/urban/street/a", indices)
    try tree.addMask("images/ADE/training/urban/street/a_seg.png", [1, 1, 1, 1, 1, 1, 1, 1, 1])
    #expect(
      tree.complaint(.ade20kRelease, split: "training", classes: classes)
        == "DIR/images/ADE/training/urban/street/a_seg.png cannot be decoded: it is not RGB with 8 bits a channel, as this "
        + "data set's label maps are")
  }

  @Test func `an image without its label map, and one of no class at all, are named`() throws {
    try add("images/ADE/training/urban/street/a", [7, 7, 7, 7, 7, 7, 7, 7, 7])
    #expect(
      tree.complaint(.ade20kRelease, split: "training", classes: classes)
        == "DIR/images/ADE/training/urban/street/a_seg.png leaves no token of the image with a label: every patch is mostly "
        + "void")
    try tree.addImage("images/ADE/training/urban/street/b.jpg")
    #expect(
      tree.complaint(.ade20kRelease, split: "training", classes: classes)
        == "the label map DIR/images/ADE/training/urban/street/b_seg.png does not exist")
  }
}
