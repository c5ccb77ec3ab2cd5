import Catalog
import Foundation

@testable import Compute

/// Images with what Pillow makes of them (`tools/make_image_fixtures.py`).
struct ImageFixture: Decodable {
  /// A file, and the SHA-256 of the pixels that it holds or is resized to.
  struct Pixels: Decodable, Sendable, CustomStringConvertible {
    let file: String
    let width: Int
    let height: Int
    let sha256: String

    var description: String { "\(file) at \(width)×\(height)" }
    var path: String { ImageFixture.path(file) }

    func describes(_ raster: Raster) -> Bool {
      raster.width == width && raster.height == height
        && "\(Digest(of: Data(raster.pixels)))" == sha256
    }
  }

  let images: [Pixels]
  let labels: [Pixels]
  let resized: [Pixels]
  let resizedLanczos: [Pixels]
  let resizedLabels: [Pixels]

  /// Empty if it cannot be read, so that a test over it runs no case: `the fixtures are there` fails then.
  static let expected: ImageFixture = {
    let data = FileManager.default.contents(atPath: path("expected.json")) ?? Data()
    let none = ImageFixture(images: [], labels: [], resized: [], resizedLanczos: [], resizedLabels: [])
    return (try? JSONDecoder().decode(ImageFixture.self, from: data)) ?? none
  }()

  static func path(_ file: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appendingPathComponent("Fixtures/images/\(file)").path
  }
}
