import Catalog
import Foundation
import Testing

@testable import Coordinator

/// The `data` section beyond what the base spec has of it.
struct DataSpecTests {
  private let workspace: SpecWorkspace
  init() throws { workspace = try SpecWorkspace() }

  /// A spec of a known data set below `set`, with `lines` added to its data.
  private func spec(_ layout: String, train: String, evaluate: String, _ lines: String...) -> String {
    """
    name: known
    model: model
    prefix_token_ids: [1, 4]
    data:
      layout: \(layout)
      root: set
      train: {split: \(train), images: all}
      evaluate: {split: \(evaluate), images: all}
    \(lines.map { "  \($0)\n" }.joined())
    """
  }

  private func addVOC(_ lists: [String: String]) throws {
    for (name, text) in lists { try workspace.write("set/ImageSets/Segmentation/\(name).txt", text) }
    for name in ["a", "b", "c", "d", "e"] {
      try workspace.write("set/JPEGImages/\(name).jpg", "")
      try workspace.write("set/SegmentationClass/\(name).png", "")
    }
  }

  @Test func `VOC 2012 needs no more than its root and lists`() throws {
    try addVOC(["train": "c\na\n", "val": "b\nd\n"])
    let data = try workspace.load(spec("voc2012", train: "train", evaluate: "val")).experiment.data
    #expect(data.classes.count == 21 && data.void == [255])
    #expect(data.train.map(\.name).sorted() == ["a", "c"])
    #expect(data.evaluate.map(\.name).sorted() == ["b", "d"])
    #expect(data.evaluate.map(\.cluster).sorted() == ["b", "d"])
  }

  @Test func `lists in another order name the same experiment`() throws {
    try addVOC(["train": "c\na\n", "val": "b\nd\ne\n"])
    let text = spec("voc2012", train: "train", evaluate: "val").replacingOccurrences(
      of: "val, images: all", with: "val, images: 2")
    let experiment = try workspace.load(text).experiment
    try addVOC(["train": "a\nc", "val": "e\nb\nd\n"])
    #expect(try workspace.load(text).experiment.digest() == experiment.digest())
    #expect(experiment.data.evaluate.count == 2)
  }

  @Test func `splits that overlap are refused with a file that is in both`() throws {
    try addVOC(["train": "c\na\n", "trainval": "b\nc\n"])
    #expect(
      try workspace.errors(spec("voc2012", train: "train", evaluate: "trainval")) == [
        "8: data.evaluate: 1 of the images are training images too, such as DIR/set/JPEGImages/c.jpg; choose another "
          + "split, since probes are not scored on images that they were fitted on"
      ])
  }

  @Test func `a list that names a missing image is said with line and key`() throws {
    try addVOC(["train": "a\n", "val": "b\nx\n"])
    #expect(
      try workspace.errors(spec("voc2012", train: "train", evaluate: "val")) == [
        "8: data.evaluate.split: the images of 'val' cannot be used: DIR/set/ImageSets/Segmentation/val.txt lists an image "
          + "that does not exist: DIR/set/JPEGImages/x.jpg"
      ])
  }

  private func addRelease() throws {
    for (split, name) in [("training", "ADE_train_1"), ("validation", "ADE_val_1")] {
      try workspace.write("set/images/ADE/\(split)/urban/street/\(name).jpg", "")
      try workspace.write("set/images/ADE/\(split)/urban/street/\(name)_seg.png", "")
    }
  }

  @Test func `the full release of ADE20K takes its classes from the spec, with their indices`() throws {
    try addRelease()
    let data = try workspace.load(
      spec("ade20k-release", train: "training", evaluate: "validation", "classes: {person: 1831, car: [401, 402]}")
    ).experiment.data
    #expect(data.classes == ["person", "car"] && data.labels == [[1831], [401, 402]])
    #expect(data.encoding == .ade20kRelease && data.void.isEmpty)
    #expect(data.train.map(\.name) == ["ADE_train_1"])
    let folder = "\(workspace.folder)/set/images/ADE/validation/urban/street"
    #expect(data.evaluate.map(\.mask) == ["\(folder)/ADE_val_1_seg.png"])
  }

  @Test(arguments: [
    ("classes: [wall, sky]", "data.classes: lists names without their indices; write a mapping such as {name: index}"),
    ("classes: {wall: 7000, sky: 1}", "data.classes.wall: is 7000, but must be from 0 to 6655"),
    ("geometry: model", "data.classes: is missing; write a mapping from names to the release's indices"),
    ("void: [0]", "data.void: belongs to layout folder; the layout ade20k-release knows its own files"),
  ])
  func `classes of the full release that cannot be understood are said with their key`(line: String, error: String)
    throws
  {
    try addRelease()
    let errors = try workspace.errors(spec("ade20k-release", train: "training", evaluate: "validation", line))
    #expect(errors.contains { $0.contains(error) }, "\(errors)")
  }

  private func addCityscapes(_ kind: String) throws {
    for (split, names) in [
      ("train", ["aachen/aachen_000000_000019", "aachen/aachen_000001_000019"]),
      (
        "val",
        ["frankfurt/frankfurt_000000_000294", "frankfurt/frankfurt_000000_000576", "munster/munster_000001_000019"]
      ),
    ] {
      for name in names {
        try workspace.write("set/leftImg8bit/\(split)/\(name)_leftImg8bit.png", "")
        try workspace.write("set/gtFine/\(split)/\(name)_gtFine_\(kind).png", "")
      }
    }
  }

  @Test func `frames of one Cityscapes sequence are one cluster unless the spec says otherwise`() throws {
    try addCityscapes("labelIds")
    let text = spec("cityscapes", train: "train", evaluate: "val")
    let data = try workspace.load(text).experiment.data
    #expect(Set(data.evaluate.map(\.cluster)) == ["frankfurt_000000", "munster_000001"])
    #expect(data.labels[18] == [33] && data.void.count == 15)
    let own = try workspace.load(text + "  cluster: \"^([a-z]+)_\"\n").experiment.data
    #expect(Set(own.evaluate.map(\.cluster)) == ["frankfurt", "munster"])
  }

  @Test func `Cityscapes train ids are taken where there are no label ids`() throws {
    try addCityscapes("labelTrainIds")
    let data = try workspace.load(spec("cityscapes", train: "train", evaluate: "val")).experiment.data
    #expect(data.labels[18] == [18] && data.void == [255])
    #expect(data.evaluate.allSatisfy { $0.mask.hasSuffix("_gtFine_labelTrainIds.png") })
  }

  @Test func `a Cityscapes file without its sequence is named`() throws {
    try addCityscapes("labelIds")
    try workspace.write("set/leftImg8bit/val/munster/own_leftImg8bit.png", "")
    try workspace.write("set/gtFine/val/munster/own_gtFine_labelIds.png", "")
    #expect(
      try workspace.errors(spec("cityscapes", train: "train", evaluate: "val")) == [
        "5: data.layout: '^([^_]+_[0-9]+)_' does not match the image name 'own', so the image has no cluster"
      ])
  }

  @Test func `a folder's classes may have any labels, and several each`() throws {
    let data = try workspace.load(
      SpecWorkspace.base.replacingOccurrences(
        of: "classes: [sky, road, tree]", with: "classes: {road: 7, vehicle: [14, 13], sky: 0}")
    ).experiment.data
    #expect(data.classes == ["road", "vehicle", "sky"])
    #expect(data.labels == [[7], [13, 14], [0]])
  }

  @Test func `a folder's images may be those of a list`() throws {
    try workspace.write("data/lists/val.txt", "val/B2_val4\nval/A1_val1\n")
    try workspace.write("data/lists/train.txt", "train/A1_train0\n")
    let text = SpecWorkspace.base.replacingOccurrences(
      of: "  images: images/{split}/*.jpg", with: "  images: images/{name}.jpg"
    )
    .replacingOccurrences(of: "masks/{split}/{name}.png", with: "masks/{name}.png")
    .replacingOccurrences(of: "images: 4", with: "images: all")
    let data = try workspace.load(
      text.replacingOccurrences(of: "  root: data", with: "  root: data\n  list: lists/{split}.txt")
    )
    .experiment.data
    #expect(data.evaluate.map(\.name).sorted() == ["A1_val1", "B2_val4"])
    #expect(data.train.map(\.mask) == ["\(workspace.folder)/data/masks/train/A1_train0.png"])
  }

  @Test(arguments: ["crop", "squash", "pad"])
  func `another geometry or another label is another experiment, and other features`(geometry: String) throws {
    let base = try workspace.load(SpecWorkspace.base).experiment
    let other = try workspace.load(
      SpecWorkspace.base.replacingOccurrences(of: "  void: [255]", with: "  void: [255]\n  geometry: \(geometry)")
    ).experiment
    #expect(other.data.geometry.rawValue == geometry)
    let relabelled = try workspace.load(
      SpecWorkspace.base.replacingOccurrences(of: "[sky, road, tree]", with: "{sky: 0, road: 1, tree: [2, 3]}")
    ).experiment
    for stage in Stage.allCases {
      let inputs = [base, other, relabelled].map {
        StageInputs(of: $0, stage: stage, kernel: nil, artifacts: []).digest
      }
      #expect(Set(inputs).count == 3)
    }
    #expect(Set(try [base, other, relabelled].map { try $0.digest() }).count == 3)
  }
}
