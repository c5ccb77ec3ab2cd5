import Catalog
import Foundation

/// Writes a zip archive whose members are stored as they are, and whose sizes are known before their contents: so each has its
/// place, and all can be filled a piece at a time, in turn.
struct ZipArchive {
  private let file: StagedFile
  private var members: [Member]
  private let directory: UInt64

  private struct Member {
    let record: ZipRecord
    /// Where the next piece goes.
    var next: UInt64
    var checksum = CRC32()
  }

  /// Lays the members out in order.
  init(_ file: StagedFile, members: [(name: String, size: UInt64)]) {
    self.file = file
    var end: UInt64 = 0
    self.members = members.map { name, size in
      let record = ZipRecord(name: name, size: size, offset: end)
      let start = end + UInt64(record.localHeader(checksum: 0).count)
      end = start + size
      return Member(record: record, next: start)
    }
    directory = end
  }

  /// Adds the next bytes of a member. The caller adds as many in all as it said.
  mutating func append(_ bytes: some ContiguousBytes, to member: Int) throws {
    try file.write(bytes, at: members[member].next)
    bytes.withUnsafeBytes {
      members[member].checksum.update($0)
      members[member].next += UInt64($0.count)
    }
  }

  /// Writes the headers, which hold the checksums, and the directory.
  func finish() throws {
    var end: [UInt8] = []
    for member in members {
      try file.write(member.record.localHeader(checksum: member.checksum.value), at: member.record.offset)
      end += member.record.directoryEntry(checksum: member.checksum.value)
    }
    end += ZipRecord.end(members: members.count, directory: directory, size: UInt64(end.count))
    try file.write(end, at: directory)
  }
}
