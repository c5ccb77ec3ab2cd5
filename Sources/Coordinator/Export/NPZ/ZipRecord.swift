/// A member's headers in a zip archive (PKWARE's APPNOTE), stored and not compressed. What does not fit 32 bits goes to a Zip64
/// field.
struct ZipRecord {
  let name: String
  /// Bytes of its content.
  let size: UInt64
  /// Where its local header begins.
  let offset: UInt64

  private static let none16 = UInt16.max
  private static let none32 = UInt32.max

  private var isLarge: Bool { size >= UInt64(Self.none32) }
  private var isFar: Bool { offset >= UInt64(Self.none32) }

  /// What stands in front of the content. Its length does not depend on the checksum.
  func localHeader(checksum: UInt32) -> [UInt8] {
    let zip64 = Self.zip64(isLarge ? [size, size] : [])
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt32(0x0403_4B50))
    bytes += common(checksum: checksum, version: zip64.isEmpty ? 20 : 45, extra: zip64.count)
    return bytes + Array(name.utf8) + zip64
  }

  /// What stands in the directory.
  func directoryEntry(checksum: UInt32) -> [UInt8] {
    let zip64 = Self.zip64((isLarge ? [size, size] : []) + (isFar ? [offset] : []))
    let version: UInt16 = zip64.isEmpty ? 20 : 45
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt32(0x0201_4B50))
    bytes.appendLittleEndian(version)
    bytes += common(checksum: checksum, version: version, extra: zip64.count)
    for _ in 0..<3 { bytes.appendLittleEndian(UInt16(0)) }  // No comment, disk 0, no attributes,
    bytes.appendLittleEndian(UInt32(0))  // inside or outside.
    bytes.appendLittleEndian(isFar ? Self.none32 : UInt32(offset))
    return bytes + Array(name.utf8) + zip64
  }

  /// What both headers share: from the version needed to the lengths of name and extra field.
  private func common(checksum: UInt32, version: UInt16, extra: Int) -> [UInt8] {
    let utf8Names: UInt16 = 1 << 11
    let newYear1980: UInt16 = 1 << 5 | 1  // The earliest date: the same export has the same bytes.
    var bytes: [UInt8] = []
    for value in [version, utf8Names, 0, 0, newYear1980] { bytes.appendLittleEndian(value) }
    bytes.appendLittleEndian(checksum)
    for _ in 0..<2 { bytes.appendLittleEndian(isLarge ? Self.none32 : UInt32(size)) }
    bytes.appendLittleEndian(UInt16(name.utf8.count))
    bytes.appendLittleEndian(UInt16(extra))
    return bytes
  }

  private static func zip64(_ values: [UInt64]) -> [UInt8] {
    guard !values.isEmpty else { return [] }
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt16(1))
    bytes.appendLittleEndian(UInt16(8 * values.count))
    for value in values { bytes.appendLittleEndian(value) }
    return bytes
  }

  /// What ends an archive whose directory of `size` bytes begins at `directory`.
  static func end(members: Int, directory: UInt64, size: UInt64) -> [UInt8] {
    let isLarge = members >= Int(none16) || directory >= UInt64(none32) || size >= UInt64(none32)
    var bytes: [UInt8] = []
    if isLarge {
      bytes.appendLittleEndian(UInt32(0x0606_4B50))
      bytes.appendLittleEndian(UInt64(44))
      for version in [UInt16(45), 45] { bytes.appendLittleEndian(version) }
      bytes.appendLittleEndian(UInt64(0))  // The only disk.
      for value in [UInt64(members), UInt64(members), size, directory] { bytes.appendLittleEndian(value) }
      bytes.appendLittleEndian(UInt32(0x0706_4B50))
      bytes.appendLittleEndian(UInt32(0))
      bytes.appendLittleEndian(directory + size)
      bytes.appendLittleEndian(UInt32(1))
    }
    bytes.appendLittleEndian(UInt32(0x0605_4B50))
    bytes.appendLittleEndian(UInt32(0))
    for _ in 0..<2 { bytes.appendLittleEndian(isLarge ? none16 : UInt16(members)) }
    bytes.appendLittleEndian(isLarge ? none32 : UInt32(size))
    bytes.appendLittleEndian(isLarge ? none32 : UInt32(directory))
    bytes.appendLittleEndian(UInt16(0))
    return bytes
  }
}
