import CKernels
import Catalog
import Testing

@testable import Compute

/// `rb_attention` against a plain softmax in double precision, and what must hold of its bits.
struct AttentionKernelTests {
  /// One head of one sequence.
  struct Head {
    let rows: Int
    let size: Int
    /// [row, size]
    var queries: [Float]
    var keys: [Float]
    var values: [Float]
    var open: [[Bool]]

    init(rows: Int, size: Int, seed: Int, openShare: Double = 0.5, peak: Double = 1.5) {
      var generator = SeededGenerator(seed: UInt64(seed), UInt64(rows), UInt64(size))
      func values(_ scale: Double) -> [Float] { (0..<rows * size).map { _ in Float(scale * generator.normal()) } }
      self.rows = rows
      self.size = size
      queries = values(peak)
      keys = values(peak)
      self.values = values(1)
      open = (0..<rows).map { row in (0..<rows).map { $0 == row || generator.uniform() < openShare } }
    }

    var cache: LayerCache {
      let cache = LayerCache(rows: rows, heads: 1, headSize: size)
      let places = (0..<rows).map { (position: $0, index: $0) }
      cache.scatter(head: 0, places: places, keys: keys, values: values, width: size)
      return cache
    }

    /// Attention of the given rows, in this order and in one run.
    func attend(_ wanted: [Int]? = nil) -> [Float] {
      let wanted = wanted ?? Array(0..<rows)
      let mask = EdgeMask(rows: rows) { editor in
        for query in 0..<rows { for key in 0..<rows where open[query][key] { editor.open(query, key) } }
      }
      let cache = cache
      var outputs = [Float](repeating: .nan, count: wanted.count * size)
      // Whatever stood in the scratch before must not matter.
      var scores = [Float](repeating: .nan, count: AttentionHead.scores(mask))
      let packed = wanted.flatMap { queries[$0 * size..<($0 + 1) * size] }
      let head = AttentionHead(
        keys: cache.keys(head: 0), keyStride: cache.keyStride, values: cache.values(head: 0),
        valueStride: cache.valueStride, headSize: size, scale: 1 / Float(size).squareRoot(), mask: mask)
      outputs.withUnsafeMutableBufferPointer { outputs in
        scores.withUnsafeMutableBufferPointer { scores in
          packed.withUnsafeBufferPointer { packed in
            guard let out = outputs.baseAddress, let scratch = scores.baseAddress, let q = packed.baseAddress else {
              return
            }
            head.run(
              places: wanted.enumerated().map { ($0.element, $0.offset) }, queries: q, outputs: out, width: size,
              scores: scratch)
          }
        }
      }
      return outputs
    }

    var expected: Matrix {
      OracleMath.attend(
        queries: Matrix(rows: rows, columns: size, values: queries), query: 0..<size,
        keys: Matrix(rows: rows, columns: size, values: keys),
        values: Matrix(rows: rows, columns: size, values: values), key: 0..<size
      ) { open[$0][$1] }
    }
  }

  private static let sizes = [2, 6, 12, 16, 20, 32, 48, 52, 64, 80, 128]

  @Test(arguments: sizes, [1, 3, 63, 64, 65, 150])
  func `attention over any open edges is a plain softmax, to 1e-5 for values around 1`(size: Int, rows: Int) {
    for (seed, share) in [0.03, 0.5, 1].enumerated() {
      let head = Head(rows: rows, size: size, seed: seed, openShare: share)
      let errors = zip(head.attend(), head.expected.values).map { abs($0 - $1) }
      #expect(errors.allSatisfy { $0 < 1e-5 })
    }
  }

  @Test(arguments: [6, 64, 80])
  func `a row's attention has the same bits in any company`(size: Int) {
    let head = Head(rows: 150, size: size, seed: 9, openShare: 0.02)
    let all = head.attend()
    var generator = SeededGenerator(seed: 10)
    for _ in 0..<30 {
      let wanted = generator.sample(1 + generator.below(9), of: Array(0..<150))
      let alone = head.attend(wanted)
      #expect(sameBits(alone, wanted.flatMap { all[$0 * size..<($0 + 1) * size] }))
    }
  }

  @Test(arguments: [6, 64])
  func `keys behind closed edges change no bit`(size: Int) {
    var head = Head(rows: 150, size: size, seed: 11, openShare: 0.6)
    for row in 0..<150 { for key in 0..<150 where key % 3 == 0 || key / 64 == 1 { head.open[row][key] = row == key } }
    let wanted = (0..<150).filter { $0 % 3 != 0 && $0 / 64 != 1 }
    let before = head.attend(wanted)
    for key in 0..<150 where key % 3 == 0 || key / 64 == 1 {
      for index in key * size..<(key + 1) * size {
        head.keys[index] *= -900
        head.values[index] = 1e30
      }
    }
    #expect(sameBits(head.attend(wanted), before))
  }

  @Test func `with queries and keys of zero and values of two to the t the output tells which edges were open`() {
    let (rows, size) = (150, 10)
    var head = Head(rows: rows, size: size, seed: 12, openShare: 0.4)
    head.queries = [Float](repeating: 0, count: rows * size)
    head.keys = head.queries
    // Dimension d holds the bits of keys 16 d ... 16 d + 15, exact in float32.
    head.values = (0..<rows * size).map { $0 / size / 16 == $0 % size ? Float(1 << ($0 / size % 16)) : 0 }
    let outputs = head.attend()
    for row in 0..<rows {
      let count = head.open[row].count { $0 }
      let read = (0..<rows).map { key in
        let sum = (Double(outputs[row * size + key / 16]) * Double(count)).rounded()
        return Int(sum) >> (key % 16) & 1 == 1
      }
      #expect(read == head.open[row], "row \(row)")
    }
  }

  @Test(arguments: [2, 20, 64])
  func `a row that sees only itself returns its value, and scores of any size stay finite`(size: Int) {
    var head = Head(rows: 70, size: size, seed: 13, openShare: 0)
    #expect(head.attend() == head.values)
    // One key outweighs all others by far.
    head = Head(rows: 70, size: size, seed: 14, openShare: 1, peak: 100)
    let outputs = head.attend()
    #expect(outputs.allSatisfy { $0.isFinite })
    #expect(Matrix(rows: 70, columns: size, values: outputs).error(from: head.expected) < 1e-3)
  }
}
