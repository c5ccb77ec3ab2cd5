import Catalog
import Compute
import Foundation

/// Images and label maps.
extension FuzzTarget {
  static let images = [
    FuzzTarget(name: "jpeg") {
      try Fixtures.all("images", endings: [".jpg"])
    } read: {
      try readImage($0)
    },
    FuzzTarget(name: "png") {
      try Fixtures.all("images", endings: [".png"])
    } read: {
      try readImage($0)
    },
    FuzzTarget(name: "label-map") {
      try Fixtures.all("images", endings: [".png"])
    } read: { data in
      let labels = try ImageFile.labels(Scratch().write(data, as: "labels"))
      expect(labels.pixels.count == labels.width * labels.height)
    },
    FuzzTarget(name: "coloured-label-map") {
      try Fixtures.all("images", endings: [".png"])
    } read: { data in
      let map = try LabelMap(Scratch().write(data, as: "labels"), encoding: .ade20kRelease)
      expect(map.labels.allSatisfy { LabelEncoding.ade20kRelease.labels.contains(Int($0)) })
    },
    FuzzTarget(name: "orientation") {
      try Fixtures.all("images", endings: ["orientation-6.jpg", "orientation-6.png"])
    } read: { data in
      let orientation = try ImageFile.orientation(Scratch().write(data, as: "image"))
      expect(orientation.map { (1...8).contains($0) } ?? true)
    },
  ]

  private static func readImage(_ data: Data) throws {
    let image = try ImageFile.image(Scratch().write(data, as: "image"))
    expect(image.pixels.count == image.width * image.height * 3)
  }
}
