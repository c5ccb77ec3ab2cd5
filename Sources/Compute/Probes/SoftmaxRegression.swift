import Foundation

/// Softmax regression with L2: minimises mean cross-entropy against target distributions + λ/2 ‖W‖², bias free.
struct SoftmaxRegression {
  let data: DesignMatrix
  let l2: Double
  let pool: ThreadPool

  /// Weights [class, hidden], then biases [class].
  var parameters: Int { data.classes * (data.hidden + 1) }

  /// Loss and gradient at `point`. Products in float32 over fixed blocks, everything else in double.
  func evaluate(_ point: [Double]) -> (loss: Double, gradient: [Double]) {
    let classes = data.classes
    let hidden = data.hidden
    let columns = (classes + 15) / 16 * 16
    let weights = FloatBuffer(count: columns * hidden)
    for index in 0..<classes * hidden { weights.pointer[index] = Float(point[index]) }
    let bias = point[(classes * hidden)...].map { $0 }
    let block = DesignMatrix.block
    let losses = LossTable(count: data.blocks)
    let width = classes * hidden + classes
    var gradient = data.sum(width, pool: pool) { [data] index, out in
      let logits = FloatBuffer(count: block * columns)
      let rows = data.features.pointer + index * block * hidden
      BLAS.multiply(
        rows: block, columns: columns, inner: hidden, input: rows, inputStride: hidden, weight: weights.pointer,
        weightStride: hidden, output: logits.pointer, outputStride: columns)
      let residuals = FloatBuffer(count: block * classes)
      var loss = 0.0
      var biasSums = [Double](repeating: 0, count: classes)
      var exponentials = [Double](repeating: 0, count: classes)
      for row in 0..<min(block, data.tokens - index * block) {
        let logit = logits.pointer + row * columns
        let target = data.targets.pointer + (index * block + row) * classes
        var top = -Double.infinity
        for k in 0..<classes { top = max(top, Double(logit[k]) + bias[k]) }
        var total = 0.0
        for k in 0..<classes {
          exponentials[k] = exp(Double(logit[k]) + bias[k] - top)
          total += exponentials[k]
        }
        let logTotal = log(total) + top
        for k in 0..<classes {
          let residual = exponentials[k] / total - Double(target[k])
          residuals.pointer[row * classes + k] = Float(residual)
          biasSums[k] += residual
          if target[k] > 0 { loss += Double(target[k]) * (logTotal - Double(logit[k]) - bias[k]) }
        }
      }
      losses.set(index, loss)
      BLAS.multiplyTransposed(
        rows: block, leftColumns: classes, rightColumns: hidden, left: residuals.pointer, right: rows, output: out)
      for k in 0..<classes { out[classes * hidden + k] = Float(biasSums[k]) }
    }
    let scale = 1 / Double(data.tokens)
    var loss = losses.total * scale
    for index in gradient.indices { gradient[index] *= scale }
    for index in 0..<classes * hidden {
      loss += 0.5 * l2 * point[index] * point[index]
      gradient[index] += l2 * point[index]
    }
    return (loss, gradient)
  }

  /// Fits from `start`; throws a ``ProbeError`` if the gradient does not become small.
  func fit(from start: [Double]) throws -> (point: [Double], iterations: Int) {
    try LBFGS(evaluate: evaluate).minimise(from: start)
  }
}

/// One loss a block, written by the pool's threads, summed in block order.
private final class LossTable: @unchecked Sendable {
  // @unchecked Sendable: each block writes its own place, and the sum is read after the pool has joined.
  private let values: UnsafeMutablePointer<Double>
  private let count: Int

  init(count: Int) {
    self.count = count
    values = .allocate(capacity: max(1, count))
    values.initialize(repeating: 0, count: max(1, count))
  }

  deinit { values.deallocate() }

  func set(_ index: Int, _ value: Double) { values[index] = value }
  var total: Double { (0..<count).reduce(0) { $0 + values[$1] } }
}
