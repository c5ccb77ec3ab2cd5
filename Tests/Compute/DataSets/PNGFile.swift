import Foundation

/// Writes PNG files without compression, in every form that label maps come in.
enum PNGFile {
  /// What a pixel holds.
  enum Form: UInt8 {
    case grey = 0
    case colours = 2
    /// Its index into a palette of colours.
    case palette = 3
  }

  /// A PNG of `width` pixels a row; `samples` row by row, as many bytes a pixel as form and depth take.
  static func data(_ form: Form, width: Int, samples: [UInt8], depth: UInt8 = 8) -> Data {
    let rowBytes = width * (form == .colours ? 3 : 1) * Int(depth) / 8
    let height = samples.count / rowBytes
    var rows: [UInt8] = []
    for row in 0..<height { rows += [0] + samples[row * rowBytes..<(row + 1) * rowBytes] }
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    file += chunk("IHDR", bytes(width) + bytes(height) + [depth, form.rawValue, 0, 0, 0])
    if form == .palette {
      file += chunk("PLTE", (0..<256).flatMap { index -> [UInt8] in [UInt8(255 - index), UInt8(index / 2), 7] })
    }
    file += chunk("IDAT", stored(rows)) + chunk("IEND", [])
    return Data(file)
  }

  private static func bytes(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    return bytes(content.count) + body + bytes(crc(body))
  }

  /// A zlib stream of stored blocks.
  private static func stored(_ content: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: content.count, by: 65_535) {
      let block = content[start..<min(start + 65_535, content.count)]
      let (low, high) = (UInt8(block.count & 255), UInt8(block.count >> 8))
      stream += [start + block.count == content.count ? 1 : 0, low, high, ~low, ~high] + block
    }
    var (a, b) = (1, 0)
    for byte in content {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return stream + bytes(b << 16 | a)
  }

  private static func crc(_ content: [UInt8]) -> Int {
    var crc: UInt32 = .max
    for byte in content {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return Int(~crc)
  }
}
