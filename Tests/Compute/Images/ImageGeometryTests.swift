import Catalog
import Foundation
import Testing

@testable import Compute

struct ImageGeometryTests {
  /// Resized to exactly the expected size, with nothing cut.
  private func geometry(
    of image: Raster, as expected: ImageFixture.Pixels, by filter: PreprocessorFacts.Filter = .bicubic
  ) throws -> ImageGeometry {
    let facts = PreprocessorFacts(
      resize: .exact(height: expected.height, width: expected.width), filter: filter, crop: nil, rescale: 1,
      mean: [0, 0, 0], std: [1, 1, 1])
    return try #require(ImageGeometry(facts, width: image.width, height: image.height))
  }

  @Test(arguments: ImageFixture.expected.resized)
  func `a resize is Pillow's bicubic to the bit`(expected: ImageFixture.Pixels) throws {
    let image = try ImageFile.image(expected.path)
    let geometry = try geometry(of: image, as: expected)
    #expect(expected.describes(try geometry.apply(toImage: image)))
  }

  @Test(arguments: ImageFixture.expected.resizedLanczos)
  func `a resize is Pillow's Lanczos to the bit`(expected: ImageFixture.Pixels) throws {
    let image = try ImageFile.image(expected.path)
    let geometry = try geometry(of: image, as: expected, by: .lanczos)
    #expect(expected.describes(try geometry.apply(toImage: image)))
  }

  @Test(arguments: [
    (61, 47, 80, 80, 62), (23, 37, 50, 32, 50), (640, 480, 1456, 1456, 1092), (333, 500, 1536, 1022, 1536),
    (4000, 10, 1536, 1536, 4), (7, 4000, 2048, 4, 2048), (500, 375, 1920, 1920, 1440),
  ])
  func `on the way to one tile the longest edge leads, and the other is made even`(
    width: Int, height: Int, edge: Int, resizedWidth: Int, resizedHeight: Int
  ) throws {
    let facts = PreprocessorFacts(
      firstResize: .longestEdge(edge), resize: .exact(height: 364, width: 364), crop: nil, rescale: 1,
      mean: [0, 0, 0], std: [1, 1, 1])
    let geometry = try #require(ImageGeometry(facts, width: width, height: height))
    #expect(try #require(geometry.halfway) == (resizedWidth, resizedHeight))
    #expect(geometry.resized == (364, 364))
  }

  @Test(arguments: ImageFixture.expected.resizedLabels)
  func `labels are resized as Pillow's nearest`(expected: ImageFixture.Pixels) throws {
    let labels = try ImageFile.labels(expected.path)
    let geometry = try geometry(of: labels, as: expected)
    #expect(expected.describes(geometry.apply(toLabels: labels, padding: 0)))
  }

  private func facts(edge: Int, crop: Int?) -> PreprocessorFacts {
    PreprocessorFacts(
      resize: .shortestEdge(edge), crop: crop.map { ($0, $0) }, rescale: 1, mean: [0, 0, 0],
      std: [1, 1, 1])
  }

  @Test(arguments: [
    (640, 480, 448, 336, 56, 0), (480, 640, 336, 448, 0, 56), (500, 375, 448, 336, 56, 0),
    (1000, 333, 1009, 336, 336, 0), (336, 336, 336, 336, 0, 0), (10, 10, 336, 336, 0, 0),
  ])
  func `the shortest edge leads, the other is rounded down, and the cut is from the centre`(
    width: Int, height: Int, resizedWidth: Int, resizedHeight: Int, x: Int, y: Int
  ) throws {
    let geometry = try #require(
      ImageGeometry(facts(edge: 336, crop: 336), width: width, height: height))
    #expect(geometry.resized == (resizedWidth, resizedHeight))
    #expect(geometry.output == (336, 336))
    #expect(geometry.origin == (x, y))
  }

  @Test func `an image too long and narrow has no geometry`() {
    #expect(ImageGeometry(facts(edge: 336, crop: 336), width: 1, height: 1000) == nil)
    let preprocessor = Preprocessor(facts(edge: 336, crop: 336))
    let image = Raster(
      width: 1, height: 1000, channels: 3, pixels: [UInt8](repeating: 0, count: 3000))
    let error = #expect(throws: ImageError.self) {
      try preprocessor.pixels(of: image, path: "thin.png")
    }
    #expect(error?.description.contains("thin.png is 1×1000") == true)
  }

  @Test func `an image smaller than the cut is padded with black, more on the left and top`() throws {
    let image = Raster(width: 2, height: 2, channels: 3, pixels: [UInt8](repeating: 9, count: 12))
    let geometry = try #require(ImageGeometry(facts(edge: 2, crop: 5), width: 2, height: 2))
    let cut = try geometry.apply(toImage: image)
    let inside = (0..<25).filter { cut.pixels[3 * $0] == 9 }
    #expect(inside == [12, 13, 17, 18])
    #expect(cut.pixels.filter { $0 != 0 }.count == 12)
    let labels = Raster(width: 2, height: 2, channels: 1, pixels: [1, 2, 3, 4])
    let moved = geometry.apply(toLabels: labels, padding: 255).pixels
    #expect(inside.map { moved[$0] } == [1, 2, 3, 4])
    #expect(moved.filter { $0 == 255 }.count == 21)
  }

  @Test func `pixels are rescaled, then normalised per channel, channel first`() throws {
    let facts = PreprocessorFacts(
      resize: nil, crop: nil, rescale: 1 / 255.0, mean: [0.5, 0.25, 0], std: [0.5, 0.25, 2])
    let image = Raster(width: 2, height: 1, channels: 3, pixels: [255, 0, 0, 0, 255, 255])
    let pixels = try Preprocessor(facts).pixels(of: image, path: "image")
    #expect(pixels == [1, -1, -1, 3, 0, 0.5])
  }
}
