import Foundation

/// Learned positions of a square grid, [row · column, hidden], brought to another grid: `torch.nn.functional.interpolate`
/// with mode `bicubic`, `align_corners=False` and a given size.
struct PositionTable {
  let side: Int
  let hidden: Int
  let values: [Float]

  /// The table at `target` × `target`; untouched if it has that size. `antialias` is interpolate's.
  func resized(to target: Int, antialias: Bool) -> [Float] {
    guard target != side else { return values }
    let taps = (0..<target).map { antialias ? antialiased($0, of: target) : plain($0, of: target) }
    // Columns first, then rows, as torch does.
    var narrow = [Double](repeating: 0, count: side * target * hidden)
    for row in 0..<side {
      for (column, weights) in taps.enumerated() {
        for (source, weight) in weights {
          let (from, to) = ((row * side + source) * hidden, (row * target + column) * hidden)
          for index in 0..<hidden { narrow[to + index] += weight * Double(values[from + index]) }
        }
      }
    }
    var result = [Double](repeating: 0, count: target * target * hidden)
    for (row, weights) in taps.enumerated() {
      for (source, weight) in weights {
        let (from, to) = (source * target * hidden, row * target * hidden)
        for index in 0..<target * hidden { result[to + index] += weight * narrow[from + index] }
      }
    }
    return result.map(Float.init)
  }

  /// Where the centre of an output place lies on the table's axis.
  private func centre(_ place: Int, of target: Int) -> Double { (Double(place) + 0.5) * Double(side) / Double(target) }

  /// Four taps around the centre; places beyond the edge repeat it (`upsample_bicubic2d`, a = −0.75).
  private func plain(_ place: Int, of target: Int) -> [(source: Int, weight: Double)] {
    let position = centre(place, of: target) - 0.5
    let first = Int(position.rounded(.down)) - 1
    return (first..<first + 4).map { source in
      (min(max(source, 0), side - 1), Self.cubic(Double(source) - position, a: -0.75))
    }
  }

  /// All taps under the kernel, which is widened when shrinking, and normalised (`_upsample_bicubic2d_aa`, a = −0.5).
  private func antialiased(_ place: Int, of target: Int) -> [(source: Int, weight: Double)] {
    let scale = max(1, Double(side) / Double(target))
    let centre = centre(place, of: target)
    let low = max(0, Int(centre - 2 * scale + 0.5))
    let high = min(side, Int(centre + 2 * scale + 0.5))
    let weights = (low..<high).map { Self.cubic((Double($0) - centre + 0.5) / scale, a: -0.5) }
    let sum = weights.reduce(0, +)
    return zip(low..<high, weights).map { ($0, $1 / sum) }
  }

  /// Keys' cubic convolution kernel.
  private static func cubic(_ x: Double, a: Double) -> Double {
    let x = abs(x)
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return ((x - 5) * x + 8) * x * a - 4 * a }
    return 0
  }
}
