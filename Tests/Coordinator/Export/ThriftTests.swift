import Testing

@testable import Coordinator

/// Bytes of Thrift's compact protocol, worked out by hand from its specification.
struct ThriftTests {
  @Test func `a field is its distance from the one before and its kind, an integer is zigzagged`() {
    let structure: ThriftStruct = [1: .int32(1), 2: .int64(-1), 5: .int32(64), 20: nil]
    #expect(structure.bytes == [0x15, 0x02, 0x16, 0x01, 0x35, 0x80, 0x01, 0x00])
  }

  @Test func `the ends of both integer ranges keep all bits`() {
    let structure: ThriftStruct = [1: .int32(.min), 2: .int32(.max), 3: .int64(.min)]
    #expect(
      structure.bytes == [0x15, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x15, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0x16]
        + [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00])
  }

  @Test func `texts are told by their bytes, structs end with a zero`() {
    let structure: ThriftStruct = [4: .text("é"), 5: .structure([1: .structure([:])]), 6: .text("")]
    #expect(structure.bytes == [0x48, 0x02, 0xC3, 0xA9, 0x1C, 0x1C, 0x00, 0x00, 0x18, 0x00, 0x00])
  }

  @Test func `a list of fifteen has its length in bytes of its own`() {
    func bytes(_ count: Int) -> [UInt8] {
      let structure: ThriftStruct = [1: .list(Array(repeating: .int32(0), count: count))]
      return structure.bytes
    }
    #expect(bytes(0) == [0x19, 0x0C, 0x00])
    #expect(bytes(14) == [0x19, 0xE5] + Array(repeating: 0, count: 14) + [0x00])
    #expect(bytes(15) == [0x19, 0xF5, 0x0F] + Array(repeating: 0, count: 15) + [0x00])
  }
}
