import Catalog
import Foundation

/// The operations of the oracle: float32 values, sums in double, one plain loop each.
enum OracleMath {
  /// Σ a[i]·b[i] over `count` elements from the two offsets.
  static func dot(_ a: [Float], from aStart: Int, _ b: [Float], from bStart: Int, count: Int) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var sum = 0.0
        for index in 0..<count { sum += Double(a[aStart + index]) * Double(b[bStart + index]) }
        return sum
      }
    }
  }

  /// x · weightᵀ + bias; `weight` is [outputs, inputs].
  static func linear(_ x: Matrix, _ weight: OracleWeight, bias: OracleWeight?) -> Matrix {
    let (outputs, inputs) = (weight.shape[0], weight.values.count / weight.shape[0])
    precondition(x.columns == inputs)
    return x.mapRows { row in
      (0..<outputs).map { output in
        Float(
          dot(row, from: 0, weight.values, from: output * inputs, count: inputs)
            + Double(bias.map { $0.values[output] } ?? 0))
      }
    }
  }

  /// `torch.nn.LayerNorm`.
  static func layerNorm(_ x: [Float], weight: [Float], bias: [Float], eps: Double) -> [Float] {
    let mean = x.reduce(0) { $0 + Double($1) } / Double(x.count)
    let variance = x.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(x.count)
    let scale = 1 / (variance + eps).squareRoot()
    return x.indices.map { Float((Double(x[$0]) - mean) * scale * Double(weight[$0]) + Double(bias[$0])) }
  }

  /// `LlamaRMSNorm`.
  static func rmsNorm(_ x: [Float], weight: [Float], eps: Double) -> [Float] {
    let square = x.reduce(0) { $0 + Double($1) * Double($1) } / Double(x.count)
    let scale = 1 / (square + eps).squareRoot()
    return x.indices.map { weight[$0] * Float(Double(x[$0]) * scale) }
  }

  /// Softmax of `scores`; closed edges are nil and weigh exactly 0. At least one must be open.
  static func softmax(_ scores: [Double?]) -> [Double] {
    let highest = scores.compactMap { $0 }.max() ?? 0
    let powers = scores.map { score in score.map { exp($0 - highest) } ?? 0 }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  static func activate(_ x: Float, _ activation: Activation) -> Float {
    let x = Double(x)
    return switch activation {
    case .quickGELU: Float(x / (1 + exp(-1.702 * x)))
    case .gelu: Float(0.5 * x * (1 + erf(x / 2.0.squareRoot())))
    case .geluTanh: Float(0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))))
    case .silu: Float(x / (1 + exp(-x)))
    }
  }

  /// One head's attention of every row over every row whose edge is open; columns `query` of `queries` and `key` of `keys`
  /// and `values` are the head's. [row, head size]
  static func attend(
    queries: Matrix, query: Range<Int>, keys: Matrix, values: Matrix, key: Range<Int>,
    isOpen: (_ query: Int, _ key: Int) -> Bool
  ) -> Matrix {
    let size = query.count
    var attended = Matrix(rows: queries.rows, columns: size)
    for row in 0..<queries.rows {
      let weights = softmax(
        (0..<keys.rows).map { other in
          guard isOpen(row, other) else { return nil }
          let product = dot(
            queries.values, from: row * queries.columns + query.lowerBound, keys.values,
            from: other * keys.columns + key.lowerBound, count: size)
          return product / Double(size).squareRoot()
        })
      for column in 0..<size {
        var sum = 0.0
        for (other, weight) in weights.enumerated() where weight != 0 {
          sum += weight * Double(values.values[other * values.columns + key.lowerBound + column])
        }
        attended.values[row * size + column] = Float(sum)
      }
    }
    return attended
  }

  /// Heads side by side.
  static func concatenate(_ parts: [Matrix]) -> Matrix {
    let rows = parts.first?.rows ?? 0
    let values = (0..<rows).flatMap { row in parts.flatMap { $0[row] } }
    return Matrix(rows: rows, columns: parts.reduce(0) { $0 + $1.columns }, values: values)
  }
}
