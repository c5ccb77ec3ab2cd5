/// A set of rows (positions in the sequence), 64 to a word.
struct RowSet: Hashable, Sendable {
  private(set) var words: [UInt64]

  /// The empty set over `count` rows.
  init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

  /// The given rows of `count`.
  init(count: Int, _ rows: some Sequence<Int>) {
    self.init(count: count)
    for row in rows { insert(row) }
  }

  mutating func insert(_ row: Int) { words[row >> 6] |= 1 << UInt64(row & 63) }
  mutating func remove(_ row: Int) { words[row >> 6] &= ~(1 << UInt64(row & 63)) }
  func contains(_ row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 == 1 }

  mutating func formUnion(_ other: RowSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  mutating func formIntersection(_ other: RowSet) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  mutating func subtract(_ other: RowSet) {
    for index in words.indices { words[index] &= ~other.words[index] }
  }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// The rows, ascending.
  var rows: [Int] {
    var rows: [Int] = []
    rows.reserveCapacity(count)
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        rows.append(index << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
    return rows
  }

  /// The runs of rows below `count` that are not in the set, ascending.
  func gaps(below count: Int) -> [Range<Int>] {
    var gaps: [Range<Int>] = []
    var start = 0
    for row in rows {
      if row > start { gaps.append(start..<row) }
      start = row + 1
    }
    if start < count { gaps.append(start..<count) }
    return gaps
  }

  /// Whether any row of the set is set in `mask`, which has as many words.
  func intersects(_ mask: UnsafePointer<UInt64>) -> Bool {
    for index in words.indices where words[index] & mask[index] != 0 { return true }
    return false
  }
}
