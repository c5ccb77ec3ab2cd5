import Catalog
import Foundation

/// What says where a data set's files lie.
extension FuzzTarget {
  static let dataSets = [
    FuzzTarget(name: "split-list") {
      [Data("2007_000032\n2007_000039\n".utf8)]
    } read: { data in
      let folder = Scratch()
      _ = try folder.write(data, as: "train.txt")
      _ = try folder.write(Data(), as: "2007_000032")
      let layout = DataSetLayout(root: folder.path, list: "{split}.txt", images: "{name}", masks: "{name}")
      let images = try layout.list(split: "train")
      expect(!images.isEmpty)
    },
    FuzzTarget(name: "file-pattern") {
      [Data("{split}/*_a.png".utf8), Data("**".utf8)]
    } read: { data in
      let folder = Scratch()
      _ = try folder.write(Data(), as: "train_a.png")
      let pattern = String(decoding: data, as: UTF8.self)
      _ = try DataSetLayout(root: folder.path, images: pattern, masks: pattern).list(split: "train")
    },
  ]
}
