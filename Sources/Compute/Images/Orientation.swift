import Foundation

extension ImageFile {
  /// How the camera was held, as EXIF numbers it: 1 is upright, 2 to 8 are turned or mirrored; nil if the file does not say.
  ///
  /// Decoding never applies it: label maps lie on the stored pixels. Throws if the file cannot be read.
  public static func orientation(_ path: String) throws -> Int? {
    let bytes = [UInt8](try read(path))
    return (jpegEXIF(bytes) ?? pngEXIF(bytes)).flatMap { EXIF(bytes: bytes, range: $0).orientation }
  }

  /// Where a JPEG's EXIF lies: in an APP1 segment before the picture.
  private static func jpegEXIF(_ bytes: [UInt8]) -> Range<Int>? {
    guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
    let name = Array("Exif\0\0".utf8)
    var start = 2
    while start + 4 <= bytes.count, bytes[start] == 0xFF, bytes[start + 1] != 0xDA {
      let end = start + 2 + Int(bytes[start + 2]) << 8 + Int(bytes[start + 3])
      guard end <= bytes.count else { return nil }
      let content = start + 4
      if bytes[start + 1] == 0xE1, end - content >= name.count, bytes[content..<end].starts(with: name) {
        return content + name.count..<end
      }
      start = max(end, start + 4)
    }
    return nil
  }

  /// Where a PNG's EXIF lies: in its eXIf chunk.
  private static func pngEXIF(_ bytes: [UInt8]) -> Range<Int>? {
    guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return nil }
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      let content = start + 8
      guard length <= bytes.count - content - 4 else { return nil }
      if bytes[start + 4..<content].elementsEqual("eXIf".utf8) { return content..<content + length }
      start = content + length + 4
    }
    return nil
  }
}

/// The first directory of an EXIF block, which is a TIFF file within `range` of a file's bytes.
private struct EXIF {
  let bytes: [UInt8]
  let range: Range<Int>

  private static let orientationTag = 0x0112
  private static let shortType = 3

  var orientation: Int? {
    guard let order = number(at: 0, bytes: 2, isBig: true), order == 0x4949 || order == 0x4D4D else { return nil }
    let isBig = order == 0x4D4D
    guard number(at: 2, bytes: 2, isBig: isBig) == 42, let start = number(at: 4, bytes: 4, isBig: isBig),
      let count = number(at: start, bytes: 2, isBig: isBig)
    else { return nil }
    for index in 0..<count {
      let entry = start + 2 + 12 * index
      guard let tag = number(at: entry, bytes: 2, isBig: isBig) else { return nil }
      guard tag == Self.orientationTag else { continue }
      guard number(at: entry + 2, bytes: 2, isBig: isBig) == Self.shortType,
        let value = number(at: entry + 8, bytes: 2, isBig: isBig), (1...8).contains(value)
      else { return nil }
      return value
    }
    return nil
  }

  private func number(at offset: Int, bytes count: Int, isBig: Bool) -> Int? {
    guard offset >= 0, offset + count <= range.count else { return nil }
    let part = bytes[range.lowerBound + offset..<range.lowerBound + offset + count]
    return isBig ? part.reduce(0) { $0 << 8 | Int($1) } : part.reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
