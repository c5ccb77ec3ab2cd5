/// Ridge regression of the targets on standardised features, from per-block Gram matrices merged by a fixed tree.
struct RidgeRegression {
  private let gram: [Double]
  private let cross: [Double]
  private let targetMean: [Double]
  private let hidden: Int
  private let classes: Int

  /// Sums the Gram matrices, products in float32 and sums of blocks in double.
  init(data: DesignMatrix, pool: ThreadPool) {
    hidden = data.hidden
    classes = data.classes
    let (hidden, columns) = (data.hidden, data.columns)
    let scale = 1 / Double(data.tokens)
    gram = data.gram(pool: pool).map { $0 * scale }
    // Standardised features have mean zero, so the intercept is the targets' mean.
    let products = (0..<pool.threads).map { _ in FloatBuffer(count: columns * hidden) }
    cross = data.sum(classes * hidden, pool: pool) { [classes] tokens, slot, out in
      let product = products[slot].pointer
      BLAS.multiplyTransposed(
        rows: tokens.count, leftColumns: columns, rightColumns: hidden,
        left: data.targets.pointer + tokens.lowerBound * columns,
        right: data.features.pointer + tokens.lowerBound * hidden, output: product)
      for index in 0..<classes * hidden { out[index] = Double(product[index]) }
    }.map { $0 * scale }
    var mean = [Double](repeating: 0, count: classes)
    for token in 0..<data.tokens {
      for k in 0..<classes { mean[k] += Double(data.targets.pointer[token * columns + k]) }
    }
    targetMean = mean.map { $0 * scale }
  }

  /// Weights [class, hidden] and biases [class] for one λ.
  func solve(l2: Double) throws -> [Double] {
    var matrix = gram
    for index in 0..<hidden { matrix[index * hidden + index] += l2 }
    guard let factored = Cholesky(matrix, order: hidden) else {
      throw ProbeError("ridge regression with l2 \(l2) is singular; use a larger probes.l2")
    }
    return factored.solve(cross) + targetMean
  }
}
