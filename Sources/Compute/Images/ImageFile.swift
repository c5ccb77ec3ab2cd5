import CImageCodecs
import Foundation

/// 8-bit pixels, [height, width, channels].
public struct Raster: Sendable {
  /// Pixels in a row.
  public let width: Int
  /// Pixels in a column.
  public let height: Int
  /// 3 for RGB, 1 for labels.
  public let channels: Int
  /// Row-major, channels innermost.
  public let pixels: [UInt8]

  /// Takes each property as it is.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(pixels.count == width * height * channels)
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }
}

/// Why an image or label map cannot be used: one sentence that names the file.
public struct ImageError: Error, Equatable, CustomStringConvertible {
  /// One sentence for people.
  public let description: String
  /// Takes each property as it is.
  public init(_ description: String) { self.description = description }
}

/// Reads images and label maps from files, within limits.
public enum ImageFile {
  private static let mostBytes = 512 << 20
  private static let mostPixels: Int64 = 100_000_000

  /// Decodes a JPEG or PNG to RGB as Pillow's `Image.open` and `convert("RGB")` do: the pixels as stored, whatever
  /// ``orientation(_:)`` says.
  public static func image(_ path: String) throws -> Raster {
    let data = try read(path)
    if data.starts(with: [0xFF, 0xD8]) { return try decode(data, path, rb_decode_jpeg) }
    if data.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return try decode(data, path, rb_decode_png_rgb) }
    throw ImageError("\(path) is neither a JPEG nor a PNG")
  }

  /// Decodes a PNG label map to its raw values: palette indices or grey levels.
  public static func labels(_ path: String) throws -> Raster { try labelMap(path, rb_decode_png_labels) }

  /// Decodes a PNG label map that encodes labels in RGB.
  static func colouredLabels(_ path: String) throws -> Raster { try labelMap(path, rb_decode_png_coloured_labels) }

  private static func labelMap(_ path: String, _ decoder: Decoder) throws -> Raster {
    let data = try read(path)
    guard data.starts(with: [0x89, 0x50, 0x4E, 0x47]) else {
      throw ImageError("\(path) is not a PNG, as a label map must be")
    }
    return try decode(data, path, decoder)
  }

  static func read(_ path: String) throws -> Data {
    guard FileManager.default.fileExists(atPath: path) else { throw ImageError("\(path) is missing") }
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: mostBytes + 1),
      !data.isEmpty
    else { throw ImageError("\(path) is empty or cannot be read") }
    guard data.count <= mostBytes else { throw ImageError("\(path) is too large") }
    return data
  }

  private typealias Decoder = (UnsafePointer<UInt8>?, Int, Int64, UnsafeMutablePointer<rb_image>?) -> Int32

  private static func decode(_ data: Data, _ path: String, _ decoder: Decoder) throws -> Raster {
    var image = rb_image()
    let result = data.withUnsafeBytes { bytes in
      decoder(bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, mostPixels, &image)
    }
    defer { rb_image_free(&image) }
    guard result == 0, let pixels = image.pixels else {
      let message = withUnsafeBytes(of: &image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      throw ImageError("\(path) cannot be decoded: \(message)")
    }
    let (width, height, channels) = (Int(image.width), Int(image.height), Int(image.channels))
    return Raster(
      width: width, height: height, channels: channels,
      pixels: Array(UnsafeBufferPointer(start: pixels, count: width * height * channels)))
  }
}
