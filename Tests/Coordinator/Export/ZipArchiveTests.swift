import Catalog
import Foundation
import Testing

@testable import Coordinator

/// Archives of arrays: their bytes, read back as PKWARE's description says.
struct ZipArchiveTests {
  @Test func `the checksum is the one that everybody has for these nine digits, in any pieces`() {
    let digits = Array("123456789".utf8)
    for cut in 0...9 {
      var checksum = CRC32()
      digits[..<cut].withUnsafeBytes { checksum.update($0) }
      digits[cut...].withUnsafeBytes { checksum.update($0) }
      #expect(checksum.value == 0xCBF4_3926)
    }
    #expect(CRC32().value == 0)
  }

  @Test func `members that are filled in turn lie behind each other, each with its checksum`() throws {
    let scratch = try ScratchDirectory()
    let file = try StagedFile(at: scratch.path + "/a.zip")
    let contents = [Array("first".utf8), [], Array(repeating: UInt8(7), count: 1_000)]
    var archive = ZipArchive(file, members: contents.enumerated().map { ("\($0).npy", UInt64($1.count)) })
    for start in stride(from: 0, to: 1_000, by: 3) {
      for (member, content) in contents.enumerated() where start < content.count {
        try archive.append(Array(content[start..<min(start + 3, content.count)]), to: member)
      }
    }
    try archive.finish()
    try file.commit()
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path)))
    #expect(bytes.count == Int(file.length))
    #expect(number(bytes, bytes.count - 22, 4) == 0x0605_4B50 && number(bytes, bytes.count - 12, 2) == 3)
    var entry = number(bytes, bytes.count - 6, 4)
    for content in contents {
      var checksum = CRC32()
      content.withUnsafeBytes { checksum.update($0) }
      #expect(number(bytes, entry, 4) == 0x0201_4B50)
      let local = number(bytes, entry + 42, 4)
      #expect(number(bytes, local, 4) == 0x0403_4B50)
      // Version needed to extra length are the same in both.
      #expect(bytes[(entry + 6)..<(entry + 32)].elementsEqual(bytes[(local + 4)..<(local + 30)]))
      #expect(number(bytes, local + 14, 4) == Int(checksum.value))
      #expect(number(bytes, local + 18, 4) == content.count && number(bytes, local + 22, 4) == content.count)
      let start = local + 30 + number(bytes, local + 26, 2) + number(bytes, local + 28, 2)
      #expect(Array(bytes[start..<start + content.count]) == content)
      entry += 46 + number(bytes, entry + 28, 2) + number(bytes, entry + 30, 2)
    }
    #expect(entry == bytes.count - 22)
  }

  @Test(arguments: [
    (size: UInt64(0xFFFF_FFFE), offset: UInt64(0xFFFF_FFFE), local: 0, entry: 0),
    (0xFFFF_FFFF, 0, 20, 20), (0, 0xFFFF_FFFF, 0, 12), (1 << 40, 1 << 41, 20, 28),
  ])
  func `what does not fit 32 bits goes to a Zip64 field`(size: UInt64, offset: UInt64, local: Int, entry: Int) {
    let record = ZipRecord(name: "a", size: size, offset: offset)
    let header = record.localHeader(checksum: 1)
    let directory = record.directoryEntry(checksum: 1)
    #expect(header.count == 30 + 1 + local && number(header, 28, 2) == local)
    #expect(directory.count == 46 + 1 + entry && number(directory, 30, 2) == entry)
    let values = (size >= 0xFFFF_FFFF ? [size, size] : []) + (offset >= 0xFFFF_FFFF ? [offset] : [])
    #expect(values.indices.map { UInt64(number(directory, 51 + 8 * $0, 8)) } == values)
    #expect(number(directory, 42, 4) == min(Int(offset), 0xFFFF_FFFF))
    #expect(number(header, 18, 4) == min(Int(size), 0xFFFF_FFFF))
  }

  @Test func `many members and a far directory end with Zip64 records`() {
    #expect(ZipRecord.end(members: 0xFFFE, directory: 9, size: 9).count == 22)
    for (members, directory) in [(0xFFFF, UInt64(9)), (1, 1 << 33)] {
      let end = ZipRecord.end(members: members, directory: directory, size: 9)
      #expect(end.count == 56 + 20 + 22 && number(end, 0, 4) == 0x0606_4B50)
      #expect(number(end, 32, 8) == members && number(end, 48, 8) == Int(directory))
      #expect(number(end, 56 + 8, 8) == Int(directory) + 9)
    }
  }

  @Test func `an array's header is the one NumPy writes`() {
    let header = NPYHeader(type: "<u2", width: 2, shape: [3])
    let text = "{'descr': '<u2', 'fortran_order': False, 'shape': (3,), }"
    #expect(header.bytes.count % 64 == 0 && header.bytes.last == UInt8(ascii: "\n"))
    #expect(Array(header.bytes[..<10]) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 0x76, 0])
    #expect(String(decoding: header.bytes[10...], as: UTF8.self).hasPrefix(text))
    #expect(header.fileSize == UInt64(header.bytes.count + 6))
    for shape in [[], [0], [1, 2], [12_345, 33, 576]] {
      #expect(NPYHeader(type: "|u1", width: 1, shape: shape).bytes.count % 64 == 0)
    }
    let texts = NPYArray.texts(["", "añ"])
    #expect(texts.header.type == "<U2" && texts.elements == [0, 0, 0, 0, 0, 0, 0, 0, 0x61, 0, 0, 0, 0xF1, 0, 0, 0])
  }

  /// A little-endian number.
  private func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
  }
}
