/// The checksum of zip archives (ISO 3309, polynomial 0xEDB88320 reflected), of bytes that come piece by piece.
struct CRC32 {
  private var state = UInt32.max

  /// Of all bytes so far.
  var value: UInt32 { ~state }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var state = state
    Self.tables.withUnsafeBufferPointer { tables in
      var position = 0
      // Eight bytes at a time, by a table for each place.
      while bytes.count - position >= 8 {
        let low = state ^ UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        let high = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position + 4, as: UInt32.self))
        state = 0
        for place in 0..<4 {
          state ^= tables[(7 - place) << 8 | Int(low >> (8 * UInt32(place)) & 0xFF)]
          state ^= tables[(3 - place) << 8 | Int(high >> (8 * UInt32(place)) & 0xFF)]
        }
        position += 8
      }
      for byte in bytes[position...] { state = state >> 8 ^ tables[Int((state ^ UInt32(byte)) & 0xFF)] }
    }
    self.state = state
  }

  /// [place][byte], flat: what a byte does that has `place` more behind it.
  private static let tables: [UInt32] = {
    var tables: [UInt32] = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    for index in 256..<8 * 256 {
      let shorter = tables[index - 256]
      tables.append(shorter >> 8 ^ tables[Int(shorter & 0xFF)])
    }
    return tables
  }()
}
