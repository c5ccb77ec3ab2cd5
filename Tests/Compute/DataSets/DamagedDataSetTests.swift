import Catalog
import Compute
import Foundation
import Testing

/// What is said of a data set that is not as it should be: the file, what is wrong with it, what would fix it.
struct DamagedDataSetTests {
  private let tree: TinyDataSet
  private let labels = [UInt8](repeating: 3, count: 9)

  /// VOC 2012 with one image.
  init() throws {
    tree = try TinyDataSet()
    try tree.write("ImageSets/Segmentation/val.txt", Data("a\n".utf8))
    try tree.addImage("JPEGImages/a.jpg")
    try tree.addMask("SegmentationClass/a.png", labels, form: .palette)
  }

  private var complaint: String? { tree.complaint(.voc2012, split: "val") }

  @Test func `a data set as it should be has no complaint`() { #expect(complaint == nil) }

  @Test func `a list that names a missing image is named with the image`() throws {
    try tree.write("ImageSets/Segmentation/val.txt", Data("a\nb\n".utf8))
    #expect(
      complaint == "DIR/ImageSets/Segmentation/val.txt lists an image that does not exist: DIR/JPEGImages/b.jpg")
    try tree.write("ImageSets/Segmentation/val.txt", Data("c\na\nb\n".utf8))
    #expect(
      complaint
        == "DIR/ImageSets/Segmentation/val.txt lists 2 images that do not exist, the first is DIR/JPEGImages/b.jpg")
  }

  @Test func `a list that is missing, empty, no text or repeats a name is named`() throws {
    let list = "DIR/ImageSets/Segmentation/val.txt"
    try tree.write("ImageSets/Segmentation/val.txt", Data("a\na\n".utf8))
    #expect(complaint == "\(list) lists 'a' twice")
    try tree.write("ImageSets/Segmentation/val.txt", Data("\n \n".utf8))
    #expect(complaint == "\(list) lists no image")
    try tree.write("ImageSets/Segmentation/val.txt", Data([0xFF, 0xFE, 0x0A]))
    #expect(complaint == "\(list), which lists its images, is not a text file")
    #expect(
      tree.complaint(.voc2012, split: "test")
        == "DIR/ImageSets/Segmentation/test.txt, which lists its images, does not exist")
  }

  @Test func `an image without a label map is found before anything is decoded`() throws {
    try FileManager.default.removeItem(atPath: "\(tree.root)/SegmentationClass/a.png")
    #expect(complaint == "the label map DIR/SegmentationClass/a.png does not exist")
  }

  @Test func `a label that the data set does not have is named with its pixels`() throws {
    try tree.addMask("SegmentationClass/a.png", [3, 3, 3, 3, 77, 3, 77, 3, 3], form: .palette)
    #expect(
      complaint
        == "DIR/SegmentationClass/a.png holds label 77 in 32 pixels, which is neither one of the 21 classes nor void; with "
        + "layout folder, list it under data.void or data.classes")
  }

  @Test func `a label map of another size than its image is refused`() throws {
    try tree.addImage("JPEGImages/a.jpg", width: 12, height: 10)
    #expect(complaint == "DIR/SegmentationClass/a.png is 12×12, but its image is 12×10")
  }

  @Test func `label maps of colours or of 16 bits are refused with what to save instead`() throws {
    let samples = TinyDataSet.spread(labels)
    let advice = "save the raw class indices as an 8-bit grey or palette PNG"
    try tree.write(
      "SegmentationClass/a.png", PNGFile.data(.colours, width: 12, samples: samples.flatMap { [$0, $0, $0] }))
    #expect(complaint == "DIR/SegmentationClass/a.png cannot be decoded: it holds colours; \(advice)")
    try tree.write(
      "SegmentationClass/a.png", PNGFile.data(.grey, width: 12, samples: samples.flatMap { [0, $0] }, depth: 16))
    #expect(complaint == "DIR/SegmentationClass/a.png cannot be decoded: it has 16 bits a pixel; \(advice)")
  }
}
