/// The running sums Σd, Σy, Σd², Σdy, Σy² and n over clusters, from which the variance of the ratio Σd / Σy follows by
/// linearisation (Cochran 1977, ch. 6; the Taylor estimator of survey sampling).
///
/// Sums of integers, exact up to 2⁵³: there the order of adding does not matter.
struct RatioMoments: Hashable, Sendable {
  /// Clusters added.
  private(set) var n = 0
  private(set) var d = 0.0
  private(set) var y = 0.0
  private(set) var dd = 0.0
  private(set) var dy = 0.0
  private(set) var yy = 0.0

  init() {}

  /// Adds every cluster of `ratio`.
  init(_ ratio: ClusteredRatio) {
    for part in ratio.parts { add(d: Double(part.x), y: Double(part.y)) }
  }

  /// Adds one cluster's totals.
  mutating func add(d: Double, y: Double) {
    n += 1
    self.d += d
    self.y += y
    dd += d * d
    dy += d * y
    yy += y * y
  }

  /// Σd / Σy; nil without a denominator.
  var ratio: Double? { y == 0 ? nil : d / y }

  /// n/(n−1) · (Σd² − 2rΣdy + r²Σy²) / (Σy)², with r = Σd/Σy; nil below two clusters or without a denominator.
  var variance: Double? {
    guard n >= 2, let r = ratio else { return nil }
    let residual = dd - 2 * r * dy + r * r * yy
    return Double(n) / Double(n - 1) * max(0, residual) / (y * y)
  }

  /// Half the width of the normal 95 % interval; nil where there is no variance, or where it is 0 because every cluster
  /// gives the same ratio, which says nothing about the next one.
  var margin: Double? {
    guard let variance, variance > 0 else { return nil }
    return 1.959963984540054 * variance.squareRoot()
  }
}
