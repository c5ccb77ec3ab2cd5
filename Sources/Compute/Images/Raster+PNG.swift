import CImageCodecs
import Foundation

extension Raster {
  /// The pixels as a PNG file. They must be RGB; throws an ``ImageError`` if there is not enough memory.
  public func png() throws -> Data {
    precondition(channels == 3)
    var bytes: UnsafeMutablePointer<UInt8>?
    var size = 0
    let result = rb_encode_png(pixels, Int64(width), Int64(height), &bytes, &size)
    defer { free(bytes) }
    guard result == 0, let bytes else { throw ImageError("there is not enough memory to encode a PNG") }
    return Data(bytes: bytes, count: size)
  }
}
