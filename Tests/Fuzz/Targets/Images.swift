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
  ]

  private static func readImage(_ data: Data) throws {
    let image = try ImageFile.image(Scratch().write(data, as: "image"))
    expect(image.pixels.count == image.width * image.height * 3)
  }
}
