import CKernels

/// Softmax regression with L2: minimises mean cross-entropy against target distributions + λ/2 ‖W‖², bias free.
struct SoftmaxRegression {
  /// The curvature is estimated on so many blocks at most: it steers the search and does not move the minimum.
  private static let curvatureBlocks = 8

  private let data: DesignMatrix
  private let l2: Double
  private let pool: ThreadPool
  /// [slot]: a block's logits, which become its residuals, [token, column].
  private let logits: [FloatBuffer]
  /// [slot]: a block's gradient, [column, hidden].
  private let products: [FloatBuffer]

  init(data: DesignMatrix, l2: Double, pool: ThreadPool) {
    self.data = data
    self.l2 = l2
    self.pool = pool
    let rows = min(DesignMatrix.block, data.tokens)
    logits = (0..<pool.threads).map { _ in FloatBuffer(count: rows * data.columns) }
    products = (0..<pool.threads).map { _ in FloatBuffer(count: data.columns * data.hidden) }
  }

  /// Loss and gradient at `point`: weights [class, hidden], then biases [class].
  ///
  /// Products and softmax in float32 within a block, sums over tokens of losses and biases and all sums of blocks in double.
  func evaluate(_ point: [Double]) -> (loss: Double, gradient: [Double]) {
    let (classes, hidden, columns) = (data.classes, data.hidden, data.columns)
    let layer = layer(point)
    let weights = classes * hidden
    var sums = data.sum(weights + classes + 1, pool: pool) { tokens, slot, out in
      let residuals = logits[slot].pointer
      var biases = [Double](repeating: 0, count: columns)
      let loss = residuate(tokens, layer, targets: data.targets.pointer + tokens.lowerBound * columns, slot, &biases)
      BLAS.multiplyTransposed(
        rows: tokens.count, leftColumns: columns, rightColumns: hidden, left: residuals,
        right: data.features.pointer + tokens.lowerBound * hidden, output: products[slot].pointer)
      for index in 0..<weights { out[index] = Double(products[slot].pointer[index]) }
      for k in 0..<classes { out[weights + k] = biases[k] }
      out[weights + classes] = loss
    }
    for index in sums.indices { sums[index] /= Double(data.tokens) }
    var loss = sums.removeLast()
    for index in 0..<weights {
      loss += 0.5 * l2 * point[index] * point[index]
      sums[index] += l2 * point[index]
    }
    return (loss, sums)
  }

  /// Fits from `start`; throws a ``ProbeError`` if the gradient does not become small.
  func fit(from start: [Double]) throws -> (point: [Double], iterations: Int) {
    try LBFGS(evaluate: evaluate, precondition: inverseCurvature(at: start)).minimise(from: start)
  }

  /// The point in float32: weights [hidden, column], biases [column].
  private func layer(_ point: [Double]) -> (weight: FloatBuffer, bias: FloatBuffer) {
    let weight = FloatBuffer(count: data.columns * data.hidden)
    let bias = FloatBuffer(count: data.columns)
    let weights = data.classes * data.hidden
    for k in 0..<data.classes {
      for i in 0..<data.hidden { weight.pointer[i * data.columns + k] = Float(point[k * data.hidden + i]) }
    }
    for k in 0..<data.columns { bias.pointer[k] = k < data.classes ? Float(point[weights + k]) : -1e30 }
    return (weight, bias)
  }

  /// Leaves softmax − targets of the tokens in the slot's `logits`, adds them up by column, and returns their loss.
  private func residuate(
    _ tokens: Range<Int>, _ layer: (weight: FloatBuffer, bias: FloatBuffer), targets: UnsafePointer<Float>, _ slot: Int,
    _ sums: inout [Double]
  ) -> Double {
    let (hidden, columns) = (data.hidden, data.columns)
    BLAS.multiplyDense(
      rows: tokens.count, columns: columns, inner: hidden, left: data.features.pointer + tokens.lowerBound * hidden,
      right: layer.weight.pointer, output: logits[slot].pointer)
    return rb_softmax_residuals(
      logits[slot].pointer, layer.bias.pointer, targets, Int64(tokens.count), Int64(columns), &sums)
  }

  /// Roughly the inverse of the Hessian at `point`: of the mean class, c Σ w · x xᵀ + λ with w = Σ_k p_k (1 − p_k).
  ///
  /// Hidden states are so correlated that without it L-BFGS takes ten times as many steps.
  private func inverseCurvature(at point: [Double]) -> ([Double]) -> [Double] {
    let (classes, hidden, columns) = (data.classes, data.hidden, data.columns)
    let layer = layer(point)
    let none = FloatBuffer(count: min(DesignMatrix.block, data.tokens) * columns)
    func weigh(_ tokens: Range<Int>, _ slot: Int, _ out: UnsafeMutablePointer<Float>) {
      var sums = [Double](repeating: 0, count: columns)
      _ = residuate(tokens, layer, targets: none.pointer, slot, &sums)
      for token in 0..<tokens.count {
        let shares = logits[slot].pointer + token * columns
        var squares: Float = 0
        for k in 0..<classes { squares += shares[k] * shares[k] }
        out[token] = max(0, 1 - squares) / Float(classes)
      }
    }
    var matrix = data.gram(atMost: Self.curvatureBlocks, pool: pool, weights: weigh)
    let diagonal = (0..<hidden).map { $0 * (hidden + 1) }
    // Features of unit variance: the trace over their number is the mean weight, times the tokens summed over.
    let sampled = Double(data.tokens(atMost: Self.curvatureBlocks))
    for index in matrix.indices { matrix[index] /= sampled }
    let weight = max(diagonal.reduce(0) { $0 + matrix[$1] } / Double(hidden), 1e-9)
    for index in diagonal { matrix[index] += l2 + 1e-6 * weight }
    guard let factored = Cholesky(matrix, order: hidden) else { return { $0 } }
    return { gradient in
      factored.solve(Array(gradient[..<(classes * hidden)])) + gradient[(classes * hidden)...].map { $0 / weight }
    }
  }
}
