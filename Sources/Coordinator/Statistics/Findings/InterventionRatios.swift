/// The ratios of one intervention at one of its sites, by cluster: what effects are quotients of. Used by the report with
/// bootstrap intervals and by the live status with linearised ones.
struct InterventionRatios {
  let sums: InterventionSums
  /// Position in ``Intervention/sites``.
  let site: Int
  /// Position of the site's sums within a cluster's, and how far apart clusters are.
  let stride: Int
  /// The clusters to count, in order.
  let active: [Int]

  private func ratio(
    _ numerator: KeyPath<InterventionSums.SiteSums, Int>, _ denominator: (InterventionSums.SetSums) -> Int
  ) -> ClusteredRatio {
    ClusteredRatio(
      active.map { (sums.sites[$0 * stride + site][keyPath: numerator], denominator(sums.sets[$0])) })
  }

  /// Knockout minus baseline.
  var recoveryChange: ClusteredRatio { ratio(\.targetRecoveredChange) { $0.targetWrong } }
  var relapseChange: ClusteredRatio { ratio(\.targetRelapsedChange) { $0.targetCorrect } }
  var accuracyChange: ClusteredRatio { ratio(\.correctChange) { $0.valid } }
  /// On W ∖ T: the change on W less the change on T ∩ W.
  var spillOver: ClusteredRatio { ratio(\.spillOver) { $0.wrong - $0.targetWrong } }

  /// Thinned knockout minus control.
  var recoveryContrast: ClusteredRatio { ratio(\.contrastRecovered) { $0.drawsTargetWrong } }
  var relapseContrast: ClusteredRatio { ratio(\.contrastRelapsed) { $0.drawsTargetCorrect } }
  /// Control minus baseline.
  var controlRecoveryChange: ClusteredRatio { ratio(\.controlRecoveredChange) { $0.drawsTargetWrong } }
  var controlRelapseChange: ClusteredRatio { ratio(\.controlRelapsedChange) { $0.drawsTargetCorrect } }

  /// Recovery on all of W.
  var level: ClusteredRatio { ratio(\.recovered) { $0.wrong } }
  var controlLevel: ClusteredRatio { ratio(\.controlRecovered) { $0.drawsWrong } }
}

extension InterventionSums.SiteSums {
  fileprivate var spillOver: Int { recovered - baselineRecovered - targetRecoveredChange }
}
