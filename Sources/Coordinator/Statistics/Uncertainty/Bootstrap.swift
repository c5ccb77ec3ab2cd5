import Catalog

/// The paired cluster bootstrap: one set of seeded resamples of clusters, used for every number of a report, so that
/// differences between cells are paired (Davison & Hinkley 1997, §3.8 for resampling whole clusters; ``ExpandedTail`` for the
/// ends of an interval).
///
/// Numerators and denominators are summed as integers before the one division, so an interval does not depend on the
/// order of anything.
struct Bootstrap: Sendable {
  /// How often an interval holds the true value.
  static let level = 0.95
  /// Below this share of resamples with a denominator, there is no interval.
  static let leastDefined = 0.95

  let clusters: Int
  let replicates: Int
  /// [replicate][draw], flat: a cluster's number.
  private let draws: [Int32]

  /// `replicates` resamples of `clusters` clusters, each drawn with replacement.
  init(clusters: Int, replicates: Int, seed: UInt64) {
    self.clusters = clusters
    self.replicates = replicates
    var generator = SeededGenerator(seed: seed, UInt64(naming: "bootstrap"))
    draws = clusters == 0 ? [] : (0..<clusters * replicates).map { _ in Int32(generator.below(clusters)) }
  }

  /// The clusters of one resample, repeated as often as they were drawn.
  func resample(_ replicate: Int) -> ArraySlice<Int32> {
    draws[replicate * clusters..<(replicate + 1) * clusters]
  }

  /// [replicate] Σ numerator / Σ denominator; nil where the denominator is 0.
  func replicates(of ratio: ClusteredRatio) -> [Double?] {
    precondition(ratio.parts.count == clusters, "one numerator and denominator per resampled cluster")
    return ratio.parts.withUnsafeBufferPointer { parts in
      draws.withUnsafeBufferPointer { draws in
        (0..<replicates).map { replicate in
          var sum = SIMD2(0, 0)
          for draw in replicate * clusters..<(replicate + 1) * clusters { sum &+= parts[Int(draws[draw])] }
          return sum.y == 0 ? nil : Double(sum.x) / Double(sum.y)
        }
      }
    }
  }

  /// The estimate of `ratio` with its percentile interval.
  func estimate(_ ratio: ClusteredRatio) -> Estimate {
    let total = ratio.total
    guard total.y != 0 else { return Estimate(gap: .emptySet) }
    return Estimate(
      value: Double(total.x) / Double(total.y), counts: .init(numerator: total.x, denominator: total.y),
      clusters: ratio.clusters, interval: interval(of: replicates(of: ratio), clusters: ratio.clusters))
  }

  /// The expanded percentile interval of resampled values, or why there is none. `clusters` are those the value rests on.
  func interval(of values: [Double?], clusters: Int) -> Result<Estimate.Interval, Estimate.NoInterval> {
    guard clusters >= 2 else { return .failure(.oneCluster) }
    let defined = values.compactMap(\.self).sorted()
    guard Double(defined.count) >= Self.leastDefined * Double(replicates), let least = defined.first,
      let greatest = defined.last
    else { return .failure(.oftenEmpty) }
    guard least < greatest else { return .failure(.noVariation) }
    let tail = ExpandedTail.share(clusters: clusters)
    let below = max(0, Int((tail * Double(defined.count + 1)).rounded(.down)) - 1)
    return .success(Estimate.Interval(low: defined[below], high: defined[defined.count - 1 - below]))
  }
}
