/// Σ numerator / Σ denominator, kept apart by cluster so that whole clusters can be resampled.
struct ClusteredRatio: Hashable, Sendable {
  /// [cluster]: x is the numerator, y the denominator.
  let parts: [SIMD2<Int>]

  /// Takes [cluster] (numerator, denominator).
  init(_ parts: some Sequence<(Int, Int)>) {
    self.parts = parts.map { SIMD2($0.0, $0.1) }
  }

  /// Over all clusters.
  var total: SIMD2<Int> { parts.reduce(into: SIMD2(0, 0)) { $0 &+= $1 } }

  /// Without the clusters that hold nothing of the denominator; they change no sum.
  var contributing: ClusteredRatio { ClusteredRatio(parts: parts.filter { $0.y != 0 }) }

  private init(parts: [SIMD2<Int>]) { self.parts = parts }

  /// Clusters with something in the denominator: those that the ratio rests on.
  var clusters: Int { parts.count { $0.y != 0 } }
}
