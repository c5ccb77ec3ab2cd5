import Foundation

/// A label map with the same value everywhere, as an 8-bit grey PNG without compression.
enum GreyPNG {
  static func data(width: Int, height: Int, value: UInt8) -> Data {
    let row = [0] + [UInt8](repeating: value, count: width)
    let raw = [[UInt8]](repeating: row, count: height).flatMap(\.self)
    var zlib: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: raw.count, by: 65_535) {
      let block = raw[start..<min(start + 65_535, raw.count)]
      let length = UInt16(block.count)
      zlib.append(start + block.count == raw.count ? 1 : 0)
      for word in [length, ~length] { zlib += [UInt8(word & 255), UInt8(word >> 8)] }
      zlib += block
    }
    zlib += bigEndian(adler(raw))
    return Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
      + chunk("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 0, 0, 0, 0])
      + chunk("IDAT", zlib) + chunk("IEND", [])
  }

  /// Width and height that a PNG's header states.
  static func size(of path: String) throws -> (width: Int, height: Int) {
    let header = Array(try Data(contentsOf: URL(fileURLWithPath: path)).prefix(24))
    func number(_ start: Int) -> Int { header[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
    return (number(16), number(20))
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> Data {
    let named = Array(name.utf8) + content
    return Data(bigEndian(UInt32(content.count)) + named + bigEndian(crc(named)))
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(number >> $0 & 255) } }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var remainder: UInt32 = .max
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 { remainder = remainder & 1 == 1 ? 0xEDB8_8320 ^ remainder >> 1 : remainder >> 1 }
    }
    return ~remainder
  }

  private static func adler(_ bytes: [UInt8]) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return high << 16 | low
  }
}
