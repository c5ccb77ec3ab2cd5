/// Standardised features cut into fixed blocks of 4,096 tokens in image order: what both kinds of regression sum over.
final class DesignMatrix: @unchecked Sendable {
  // @unchecked Sendable: written by its initialiser only.
  static let block = 4096

  let tokens: Int
  let hidden: Int
  let classes: Int
  /// Classes padded to a multiple of 16, the width of the kernels.
  let columns: Int
  /// [token, hidden], standardised.
  let features: FloatBuffer
  /// [token, column]
  let targets: FloatBuffer
  /// [hidden]
  let mean: [Double]
  /// [hidden]; 1 where the feature is constant.
  let std: [Double]

  private var blocks: Int { (tokens + Self.block - 1) / Self.block }

  /// Standardises by the features' own mean and deviation, summed in double in token order.
  init(_ source: SiteFeatures) {
    let tokens = source.gold.count
    let width = source.hidden
    self.tokens = tokens
    hidden = width
    classes = source.classes
    columns = (classes + 15) / 16 * 16
    features = FloatBuffer(count: tokens * width)
    targets = FloatBuffer(count: tokens * columns)
    for token in 0..<tokens {
      for k in 0..<classes { targets.pointer[token * columns + k] = source.targets[token * classes + k] }
    }
    var mean = [Double](repeating: 0, count: width)
    var squares = [Double](repeating: 0, count: width)
    source.values.withUnsafeBufferPointer { values in
      for token in 0..<tokens {
        for column in 0..<width { mean[column] += Double(values[token * width + column]) }
      }
      for column in 0..<width { mean[column] /= Double(tokens) }
      for token in 0..<tokens {
        for column in 0..<width {
          let difference = Double(values[token * width + column]) - mean[column]
          squares[column] += difference * difference
        }
      }
    }
    let std = squares.map { square in
      let deviation = (square / Double(tokens)).squareRoot()
      return Float(deviation) > 0 ? deviation : 1
    }
    // The probe stores mean and std as float32; standardise by exactly those.
    self.mean = mean.map { Double(Float($0)) }
    self.std = std.map { Double(Float($0)) }
    source.values.withUnsafeBufferPointer { values in
      for token in 0..<tokens {
        for column in 0..<width {
          let value = (Double(values[token * width + column]) - self.mean[column]) / self.std[column]
          features.pointer[token * width + column] = Float(value)
        }
      }
    }
  }

  /// Sums `count` values of each block in double: computed by the pool in any order, added by a fixed tree.
  ///
  /// `body` gets a block's tokens, a slot below `pool.threads` which no other block has at the same time, and where to
  /// write. A block is computed by one thread as a whole, so that its bits do not depend on the others. With `atMost`, so many
  /// blocks spread over all of them are summed instead.
  func sum(
    _ count: Int, atMost limit: Int = .max, pool: ThreadPool,
    block body: (_ tokens: Range<Int>, _ slot: Int, _ out: UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    let chosen = chosen(atMost: limit)
    var tree = SumTree()
    for start in stride(from: 0, to: chosen.count, by: pool.threads) {
      let batch = chosen[start..<min(start + pool.threads, chosen.count)]
      let partial = UnsafeMutableBufferPointer<Double>.allocate(capacity: batch.count * count)
      defer { partial.deallocate() }
      partial.initialize(repeating: 0)
      pool.run(batch.count) { slot, _ in
        guard let out = partial.baseAddress else { return }
        body(range(of: batch[start + slot]), slot, out + slot * count)
      }
      for slot in 0..<batch.count { tree.add(Array(partial[slot * count..<(slot + 1) * count])) }
    }
    return tree.total(count: count)
  }

  /// How many tokens ``sum(_:atMost:pool:block:)`` sums over.
  func tokens(atMost limit: Int) -> Int { chosen(atMost: limit).reduce(0) { $0 + range(of: $1).count } }

  private func range(of block: Int) -> Range<Int> { block * Self.block..<min((block + 1) * Self.block, tokens) }

  private func chosen(atMost limit: Int) -> [Int] {
    Array(stride(from: 0, to: blocks, by: blocks <= limit ? 1 : (blocks + limit - 1) / limit))
  }
}

/// Adds vectors pairwise as a binary counter does, so that the order of additions depends on their number alone.
struct SumTree {
  private var levels: [(level: Int, values: [Double])] = []

  /// Adds the next vector.
  mutating func add(_ values: [Double]) {
    var node = (level: 0, values: values)
    while let last = levels.last, last.level == node.level {
      levels.removeLast()
      for index in node.values.indices { node.values[index] += last.values[index] }
      node.level += 1
    }
    levels.append(node)
  }

  /// The sum of all vectors.
  func total(count: Int) -> [Double] {
    guard let last = levels.last else { return [Double](repeating: 0, count: count) }
    return levels.dropLast().reversed().reduce(last.values) { zip($1.values, $0).map(+) }
  }
}
