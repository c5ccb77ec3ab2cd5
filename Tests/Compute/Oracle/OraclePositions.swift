/// A square position table at another size, every output from every input of the table: `torch.nn.functional.interpolate`
/// with mode `bicubic` and `align_corners=False`, as the definition of cubic convolution (Keys 1981) has it.
struct OraclePositions {
  /// [row · column, hidden]
  let table: Matrix
  let from: Int
  let to: Int
  let antialias: Bool

  var interpolated: Matrix {
    guard from != to else { return table }
    var result = Matrix(rows: to * to, columns: table.columns)
    for row in 0..<to {
      for column in 0..<to {
        var sums = [Double](repeating: 0, count: table.columns)
        for y in 0..<from {
          for x in 0..<from {
            let weight = share(of: y, in: row) * share(of: x, in: column)
            for (index, value) in table[y * from + x].enumerated() { sums[index] += weight * Double(value) }
          }
        }
        result[row * to + column] = sums.map(Float.init)
      }
    }
    return result
  }

  /// How much of one axis' place `source` goes into place `target`.
  private func share(of source: Int, in target: Int) -> Double {
    let position = (Double(target) + 0.5) * Double(from) / Double(to) - 0.5
    if antialias {
      // The kernel is as wide as the shrinking, cut at the edges, and its taps sum to 1.
      let width = max(1, Double(from) / Double(to))
      let all = (0..<from).map { kernel((Double($0) - position) / width, sharpness: 0.5) }
      return all[source] / all.reduce(0, +)
    }
    // Places beyond the edge are the edge's.
    let reach = 3
    return (-reach..<from + reach).filter { min(max($0, 0), from - 1) == source }
      .reduce(0) { $0 + kernel(Double($1) - position, sharpness: 0.75) }
  }

  private func kernel(_ distance: Double, sharpness s: Double) -> Double {
    let d = abs(distance)
    return switch d {
    case ..<1: (2 - s) * d * d * d - (3 - s) * d * d + 1
    case ..<2: -s * d * d * d + 5 * s * d * d - 8 * s * d + 4 * s
    default: 0
    }
  }
}
