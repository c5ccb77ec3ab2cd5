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
    let (hidden, classes, block) = (data.hidden, data.classes, DesignMatrix.block)
    let scale = 1 / Double(data.tokens)
    gram = data.sum(hidden * hidden, pool: pool) { [data] index, out in
      let rows = data.features.pointer + index * block * hidden
      BLAS.multiplyTransposed(
        rows: block, leftColumns: hidden, rightColumns: hidden, left: rows, right: rows, output: out)
    }.map { $0 * scale }
    // Standardised features have mean zero, so the intercept is the targets' mean.
    cross = data.sum(classes * hidden, pool: pool) { [data] index, out in
      BLAS.multiplyTransposed(
        rows: block, leftColumns: classes, rightColumns: hidden, left: data.targets.pointer + index * block * classes,
        right: data.features.pointer + index * block * hidden, output: out)
    }.map { $0 * scale }
    var mean = [Double](repeating: 0, count: classes)
    for token in 0..<data.tokens {
      for k in 0..<classes { mean[k] += Double(data.targets.pointer[token * classes + k]) }
    }
    targetMean = mean.map { $0 * scale }
  }

  /// Weights [class, hidden] and biases [class] for one λ.
  func solve(l2: Double) throws -> [Double] {
    var matrix = gram
    for index in 0..<hidden { matrix[index * hidden + index] += l2 }
    // Rounding in float32 can leave the two triangles a little different.
    for row in 0..<hidden {
      for column in 0..<row {
        let mean = (matrix[row * hidden + column] + matrix[column * hidden + row]) / 2
        matrix[row * hidden + column] = mean
        matrix[column * hidden + row] = mean
      }
    }
    var weights = cross
    guard BLAS.solveSymmetric(&matrix, order: hidden, right: &weights, sides: classes) else {
      throw ProbeError("ridge regression with l2 \(l2) is singular; use a larger probes.l2")
    }
    return weights + targetMean
  }
}
