/// Which attention edges query → key are open, one bit each: [query][key word].
///
/// `@unchecked Sendable`: filled by the closure of its initialiser and never written again.
final class EdgeMask: @unchecked Sendable {
  /// How many rows the sequence has.
  let rows: Int
  /// Words of 64 keys in a row.
  let words: Int
  private let bits: UnsafeMutablePointer<UInt64>

  /// A mask over `rows` × `rows` edges, all closed until `fill` opens some.
  init(rows: Int, fill: (inout Editor) -> Void) {
    self.rows = rows
    words = (rows + 63) / 64
    bits = .allocate(capacity: max(1, rows * words))
    bits.initialize(repeating: 0, count: max(1, rows * words))
    var editor = Editor(bits: bits, words: words)
    fill(&editor)
  }

  /// Bytes of a mask over `rows` × `rows` edges.
  static func bytes(rows: Int) -> Int { rows * ((rows + 63) / 64) * MemoryLayout<UInt64>.stride }

  deinit { bits.deallocate() }

  /// The words of one query's row; valid as long as the mask.
  func row(_ query: Int) -> UnsafePointer<UInt64> { UnsafePointer(bits + query * words) }

  /// Whether edge query → key is open.
  func isOpen(_ query: Int, _ key: Int) -> Bool {
    bits[query * words + key >> 6] >> UInt64(key & 63) & 1 == 1
  }

  /// Opens and closes edges while a mask is made.
  struct Editor {
    fileprivate let bits: UnsafeMutablePointer<UInt64>
    fileprivate let words: Int

    mutating func open(_ query: Int, _ key: Int) { bits[query * words + key >> 6] |= 1 << UInt64(key & 63) }
    mutating func close(_ query: Int, _ key: Int) { bits[query * words + key >> 6] &= ~(1 << UInt64(key & 63)) }
    mutating func copy(_ mask: EdgeMask) { bits.update(from: mask.bits, count: mask.rows * mask.words) }
  }

  /// Causal attention: each query sees itself and what precedes it, `window` keys at most.
  static func causal(rows: Int, window: Int? = nil) -> EdgeMask {
    EdgeMask(rows: rows) { editor in
      for query in 0..<rows {
        for key in max(0, query + 1 - (window ?? rows))...query { editor.open(query, key) }
      }
    }
  }

  /// Every query sees every key less than `window` away, as in a vision encoder.
  static func full(rows: Int, window: Int? = nil) -> EdgeMask {
    let reach = window ?? rows
    return EdgeMask(rows: rows) { editor in
      for query in 0..<rows {
        for key in max(0, query + 1 - reach)..<min(rows, query + reach) { editor.open(query, key) }
      }
    }
  }
}
