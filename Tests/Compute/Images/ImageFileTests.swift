import Catalog
import Foundation
import Testing

@testable import Compute

struct ImageFileTests {
  @Test func `the fixtures are there`() {
    let expected = ImageFixture.expected
    #expect(expected.images.count >= 26 && expected.labels.count >= 6)
    #expect(expected.resized.count >= 16 && expected.resizedLanczos.count >= 16 && expected.resizedLabels.count >= 8)
  }

  @Test(arguments: ImageFixture.expected.images)
  func `an image's pixels are Pillow's to the bit`(image: ImageFixture.Pixels) throws {
    #expect(image.describes(try ImageFile.image(image.path)))
  }

  @Test(arguments: ImageFixture.expected.labels)
  func `a label map's values are its raw indices, whatever its palette`(labels: ImageFixture.Pixels)
    throws
  {
    #expect(labels.describes(try ImageFile.labels(labels.path)))
  }

  @Test(arguments: [
    ("refused-grey-16.png", "16 bits"),
    ("refused.webp", "neither a JPEG nor a PNG"),
    ("absent.png", "missing"),
  ])
  func `an image that this version does not read is an error that names the file`(
    file: String, why: String
  ) {
    let error = #expect(throws: ImageError.self) { try ImageFile.image(ImageFixture.path(file)) }
    #expect(error?.description.contains(file) == true && error?.description.contains(why) == true)
  }

  @Test(
    arguments: [
      ("orientation-1.jpg", 1), ("orientation-3.jpg", 3), ("orientation-6.jpg", 6), ("orientation-8.jpg", 8),
      ("orientation-6.png", 6), ("rgb.png", nil), ("rgb-444.jpg", nil), ("cmyk.jpg", nil), ("labels-8.png", nil),
    ] as [(String, Int?)])
  func `an image's orientation is told, and its pixels stay as stored`(file: String, orientation: Int?) throws {
    #expect(try ImageFile.orientation(ImageFixture.path(file)) == orientation)
    guard orientation != nil else { return }
    let image = try ImageFile.image(ImageFixture.path(file))
    #expect(image.width == 31 && image.height == 23)
  }

  @Test(arguments: ["orientation-6.jpg", "orientation-6.png"])
  func `an EXIF block that is damaged anywhere is no orientation, or some`(file: String) throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(fileURLWithPath: ImageFixture.path(file)))
    for index in 0..<min(whole.count, 120) {
      for value in [UInt8(0), 0x7F, 0xFF] {
        var data = whole
        data[index] = value
        let orientation = try ImageFile.orientation(folder.write("damaged", data))
        #expect(orientation.map { (1...8).contains($0) } ?? true)
      }
      if index > 0 { _ = try ImageFile.orientation(folder.write("cut", whole.prefix(index))) }
    }
  }

  @Test func `a thumbnail is the picture, smaller, up to what a JPEG loses`() throws {
    let folder = try TemporaryFolder()
    let (width, height) = (448, 300)
    let pixels = (0..<width * height).flatMap { index -> [UInt8] in
      [UInt8(index % width / 2), UInt8(index / width / 2), 90]
    }
    let small = try Raster(width: width, height: height, channels: 3, pixels: pixels).scaled(longest: 224)
    #expect((small.width, small.height) == (224, 150))
    let read = try ImageFile.image(folder.write("small.jpg", small.jpeg()))
    #expect((read.width, read.height) == (224, 150))
    let difference = zip(read.pixels, small.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    #expect(Double(difference) / Double(small.pixels.count) < 3)
    #expect(abs(Int(small.pixels[3 * (75 * 224 + 112)]) - 112) <= 1)
  }

  @Test func `a picture is the same after it was written as a PNG`() throws {
    let folder = try TemporaryFolder()
    for (width, height) in [(1, 1), (7, 3), (640, 2)] {
      let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * 37 + $0 / 5) }
      let raster = Raster(width: width, height: height, channels: 3, pixels: pixels)
      let read = try ImageFile.image(folder.write("written.png", raster.png()))
      #expect(read.width == width && read.height == height && read.pixels == pixels)
    }
  }

  @Test(arguments: ["rgb.png", "rgba.png", "refused-grey-16.png", "grey.jpg"])
  func `a label map that is not one channel of at most 8 bits is an error that names the file`(
    file: String
  ) {
    let error = #expect(throws: ImageError.self) { try ImageFile.labels(ImageFixture.path(file)) }
    #expect(error?.description.contains(file) == true)
  }

  @Test(arguments: [
    "rgb-420-odd.jpg", "rgb-420-progressive.jpg", "cmyk.jpg", "rgb.png", "rgb-interlaced.png", "palette.png",
  ])
  func `an image that is cut off anywhere is an error`(file: String) throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(fileURLWithPath: ImageFixture.path(file)))
    for count in [0, 1, 8, 20, whole.count / 4, whole.count / 2, whole.count - 20] {
      let path = try folder.write("cut", whole.prefix(count))
      #expect(throws: ImageError.self, "\(count) bytes") { try ImageFile.image(path) }
    }
  }

  @Test func `a header that promises far too many pixels is an error`() throws {
    let folder = try TemporaryFolder()
    var data = try Data(contentsOf: URL(fileURLWithPath: ImageFixture.path("rgb.png")))
    // The width, with its chunk's checksum: libpng checks it.
    data.replaceSubrange(16..<24, with: [0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50])
    data.replaceSubrange(29..<33, with: Self.crc(data[12..<29]))
    let error = #expect(throws: ImageError.self) {
      try ImageFile.image(folder.write("huge.png", data))
    }
    #expect(error?.description.contains("too large") == true)
  }

  private static func crc(_ bytes: Data) -> [UInt8] {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return withUnsafeBytes(of: (~crc).bigEndian) { Array($0) }
  }
}
