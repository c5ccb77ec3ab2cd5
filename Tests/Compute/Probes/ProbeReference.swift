import Foundation

/// The regressions as their definitions say them: double precision, plain loops, plain gradient descent.
enum ProbeReference {
  typealias Solution = (weight: [[Double]], bias: [Double])

  /// Minimises mean cross-entropy + λ/2 ‖W‖² (`softmax`), or half the mean squared error + λ/2 ‖W‖², biases free.
  static func minimise(
    _ rows: [[Double]], _ targets: [[Double]], l2: Double, softmax: Bool, steps: Int, rate: Double
  ) -> Solution {
    let (hidden, classes) = (rows[0].count, targets[0].count)
    var weight = [[Double]](repeating: .init(repeating: 0, count: hidden), count: classes)
    var bias = [Double](repeating: 0, count: classes)
    for _ in 0..<steps {
      let (weightGradient, biasGradient) = gradient(
        (weight, bias), rows, targets, l2: l2, softmax: softmax)
      for k in 0..<classes {
        bias[k] -= rate * biasGradient[k]
        for column in 0..<hidden { weight[k][column] -= rate * weightGradient[k][column] }
      }
    }
    return (weight, bias)
  }

  static func gradient(
    _ at: Solution, _ rows: [[Double]], _ targets: [[Double]], l2: Double, softmax: Bool
  ) -> Solution {
    let (hidden, classes) = (rows[0].count, targets[0].count)
    var weight = at.weight.map { $0.map { l2 * $0 } }
    var bias = [Double](repeating: 0, count: classes)
    let scale = 1 / Double(rows.count)
    for (row, target) in zip(rows, targets) {
      var output = (0..<classes).map { k in
        zip(at.weight[k], row).reduce(at.bias[k]) { $0 + $1.0 * $1.1 }
      }
      if softmax {
        let top = output.reduce(-.infinity, max)
        output = output.map { exp($0 - top) }
        let total = output.reduce(0, +)
        output = output.map { $0 / total }
      }
      for k in 0..<classes {
        let residual = (output[k] - target[k]) * scale
        bias[k] += residual
        for column in 0..<hidden { weight[k][column] += residual * row[column] }
      }
    }
    return (weight, bias)
  }
}
