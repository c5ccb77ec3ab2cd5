import Catalog
import Compute
import Foundation
import Testing

/// Each known data set on a small tree that lies as the real one does, from the list of files to the gold of tokens.
struct KnownDataSetTests {
  private let tree: TinyDataSet
  init() throws { tree = try TinyDataSet() }

  @Test func `ADE20K is read from its folders, label 0 as void and label 150 as the last class`() throws {
    try tree.addImage("images/validation/ADE_val_00000001.jpg")
    try tree.addImage("images/training/ADE_train_00000001.jpg")
    try tree.addMask("annotations/validation/ADE_val_00000001.png", [0, 1, 2, 3, 13, 65, 149, 150, 0])
    try tree.addMask("annotations/training/ADE_train_00000001.png", [1, 1, 1, 1, 1, 1, 1, 1, 1])
    #expect(
      try tree.gold(.ade20k, split: "validation") == [
        "ADE_val_00000001": [nil, "wall", "building", "sky", "person", "coffee table", "clock", "flag", nil]
      ])
    #expect(try tree.gold(.ade20k, split: "training").keys.sorted() == ["ADE_train_00000001"])
  }

  @Test func `VOC 2012 is read by its lists, from the palette's indices`() throws {
    for name in ["2007_000032", "2007_000033", "2007_000039"] {
      try tree.addImage("JPEGImages/\(name).jpg")
      try tree.addMask("SegmentationClass/\(name).png", [0, 1, 15, 20, 255, 0, 0, 0, 0], form: .palette)
    }
    try tree.addImage("JPEGImages/2008_000001.jpg")
    try tree.write("ImageSets/Segmentation/train.txt", Data("2007_000032\r\n2007_000039\r\n".utf8))
    try tree.write("ImageSets/Segmentation/val.txt", Data("2007_000033\n".utf8))
    try tree.write("ImageSets/Segmentation/trainval.txt", Data("2007_000039\n2007_000032\n\n2007_000033".utf8))
    #expect(
      try tree.gold(.voc2012, split: "val") == [
        "2007_000033": [
          "background", "aeroplane", "person", "tvmonitor", nil, "background", "background", "background", "background",
        ]
      ])
    #expect(try tree.gold(.voc2012, split: "train").keys.sorted() == ["2007_000032", "2007_000039"])
    #expect(try tree.gold(.voc2012, split: "trainval").keys.sorted() == ["2007_000032", "2007_000033", "2007_000039"])
  }

  private func addCityscapes(_ kind: String, _ labels: [UInt8]) throws {
    for name in ["aachen/aachen_000000_000019", "bochum/bochum_000000_000313"] {
      try tree.addImage("leftImg8bit/train/\(name)_leftImg8bit.png")
      try tree.addMask("gtFine/train/\(name)_gtFine_\(kind).png", labels)
      try tree.addMask("gtFine/train/\(name)_gtFine_instanceIds.png", [1, 2, 3, 4, 5, 6, 7, 8, 9])
    }
  }

  @Test func `Cityscapes is read from label ids, of which 19 are classes`() throws {
    try addCityscapes("labelIds", [7, 8, 33, 31, 0, 6, 16, 30, 17])
    let gold: [String?] = ["road", "sidewalk", "bicycle", "train", nil, nil, nil, nil, "pole"]
    #expect(
      try tree.gold(.cityscapes, split: "train") == ["aachen_000000_000019": gold, "bochum_000000_000313": gold])
  }

  @Test func `Cityscapes is read from train ids where there are no label ids`() throws {
    try addCityscapes("labelTrainIds", [0, 1, 18, 16, 255, 255, 255, 255, 5])
    let gold: [String?] = ["road", "sidewalk", "bicycle", "train", nil, nil, nil, nil, "pole"]
    #expect(
      try tree.gold(.cityscapes, split: "train") == ["aachen_000000_000019": gold, "bochum_000000_000313": gold])
    try addCityscapes("labelIds", [7, 7, 7, 7, 7, 7, 7, 7, 7])
    #expect(try tree.gold(.cityscapes, split: "train")["aachen_000000_000019"]?.last == "road")
  }

  @Test(arguments: ["stuffthingmaps", "annotations"])
  func `COCO-Stuff is read from either folder, past the labels that COCO never uses`(folder: String) throws {
    try tree.addImage("images/val2017/000000000139.jpg")
    try tree.addMask("annotations/panoptic_val2017/000000000139.png", [1, 1, 1, 1, 1, 1, 1, 1, 1])
    try tree.addMask("\(folder)/val2017/000000000139.png", [0, 9, 10, 12, 89, 91, 181, 255, 62])
    #expect(
      try tree.gold(.cocoStuff, split: "val2017") == [
        "000000000139": [
          "person", "traffic light", "fire hydrant", "stop sign", "toothbrush", "banner", "wood", nil, "couch",
        ]
      ])
    try tree.addMask("\(folder)/val2017/000000000139.png", [0, 11, 0, 0, 0, 0, 0, 0, 0])
    #expect(
      tree.complaint(.cocoStuff, split: "val2017")
        == "DIR/\(folder)/val2017/000000000139.png holds label 11 in 16 pixels, which is neither one of the 171 classes nor "
        + "void; with layout folder, list it under data.void or data.classes")
  }
}
