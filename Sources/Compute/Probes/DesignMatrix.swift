/// Standardised features cut into fixed blocks of 4,096 tokens in image order: what both kinds of regression sum over.
///
/// The last block is padded with zero rows of weight zero, so that every product has one shape and its bits depend on
/// nothing but the data.
final class DesignMatrix: @unchecked Sendable {
  // @unchecked Sendable: written by its initialiser only.
  static let block = 4096

  let tokens: Int
  let hidden: Int
  let classes: Int
  /// [token, hidden], standardised, padded to whole blocks.
  let features: FloatBuffer
  /// [token, class], padded to whole blocks.
  let targets: FloatBuffer
  /// [hidden]
  let mean: [Double]
  /// [hidden]; 1 where the feature is constant.
  let std: [Double]

  var blocks: Int { (tokens + Self.block - 1) / Self.block }

  /// Standardises by the features' own mean and deviation, summed in double in token order.
  init(_ source: SiteFeatures) {
    let tokens = source.gold.count
    let width = source.hidden
    self.tokens = tokens
    hidden = width
    classes = source.classes
    let rows = (tokens + Self.block - 1) / Self.block * Self.block
    features = FloatBuffer(count: rows * width)
    targets = FloatBuffer(count: rows * source.classes)
    targets.pointer.update(from: source.targets, count: source.targets.count)
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
    for token in 0..<tokens {
      for column in 0..<width {
        let value = (Double(source.values[token * width + column]) - self.mean[column]) / self.std[column]
        features.pointer[token * width + column] = Float(value)
      }
    }
  }

  /// Sums `count` values of each block in double: computed by the pool in any order, added by a fixed tree.
  func sum(_ count: Int, pool: ThreadPool, block body: @escaping (Int, UnsafeMutablePointer<Float>) -> Void) -> [Double]
  {
    nonisolated(unsafe) let body = body
    var tree = SumTree()
    for start in stride(from: 0, to: blocks, by: pool.threads) {
      let batch = min(pool.threads, blocks - start)
      let partial = (0..<batch).map { _ in FloatBuffer(count: count) }
      pool.run(batch) { item, _ in body(start + item, partial[item].pointer) }
      for part in partial { tree.add(part.array().map(Double.init)) }
    }
    return tree.total(count: count)
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
      node = (node.level + 1, zip(last.values, node.values).map(+))
    }
    levels.append(node)
  }

  /// The sum of all vectors.
  func total(count: Int) -> [Double] {
    guard let last = levels.last else { return [Double](repeating: 0, count: count) }
    return levels.dropLast().reversed().reduce(last.values) { zip($1.values, $0).map(+) }
  }
}
