import Catalog
import Testing

@testable import Coordinator

/// Parquet's hybrid of run lengths and bit packing.
struct HybridRunsTests {
  @Test func `eight different values are packed as the format's own example`() {
    #expect(HybridRuns.encode(Array(0..<8), width: 3) == [0x03, 0x88, 0xC6, 0xFA])
  }

  @Test func `a repetition is its length and its value in whole bytes`() {
    #expect(HybridRuns.encode(Array(repeating: 4, count: 10), width: 3) == [20, 4])
    #expect(HybridRuns.encode(Array(repeating: 0x0102, count: 100), width: 9) == [200, 1, 2, 1])
    #expect(HybridRuns.encode([], width: 1).isEmpty)
  }

  @Test(arguments: [1, 2, 3, 7, 8, 9, 15, 17, 24, 31, 32])
  func `what is written is read again, whatever repeats`(width: Int) {
    var random = SeededGenerator(seed: UInt64(width))
    for _ in 0..<200 {
      var values: [UInt32] = []
      while values.count < 300, random.below(20) > 0 {
        let value = UInt32(truncatingIfNeeded: random.next()) & (UInt32.max >> (32 - UInt32(width)))
        values += Array(repeating: value, count: random.below(3) == 0 ? random.below(40) : 1)
      }
      #expect(decoded(HybridRuns.encode(values, width: width), width: width, count: values.count) == values)
    }
  }

  /// The format read as its description says, bit by bit.
  private func decoded(_ bytes: [UInt8], width: Int, count: Int) -> [UInt32]? {
    var values: [UInt32] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      var header = 0
      var shift = 0
      while let byte = rest.popFirst() {
        header |= Int(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { break }
      }
      if header & 1 == 0 {
        var value: UInt32 = 0
        for index in 0..<(width + 7) / 8 { value |= UInt32(rest.popFirst() ?? 0) << (8 * index) }
        values += Array(repeating: value, count: header >> 1)
      } else {
        let size = (header >> 1) * width
        guard rest.count >= size else { return nil }
        let packed = Array(rest.prefix(size))
        rest = rest.dropFirst(size)
        for index in 0..<8 * (header >> 1) {
          values.append(
            (0..<width).reduce(0) { value, bit in
              let place = index * width + bit
              return value | UInt32(packed[place / 8] >> (place % 8) & 1) << bit
            })
        }
      }
    }
    // Only the last group is filled up, with less than a group.
    guard (count..<count + 8).contains(values.count) || values.count == count else { return nil }
    return Array(values.prefix(count))
  }
}
