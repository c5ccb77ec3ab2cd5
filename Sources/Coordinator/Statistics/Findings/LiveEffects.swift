import Catalog
import Protocol

extension Tally {
  /// The effects to show while a sweep runs: for each knockout and window, against the control where there is one and
  /// against the baseline otherwise, at the last site computed; with linearised error bars. At most `limit`, in the
  /// spec's order; none until an image has a target.
  ///
  /// The site is fixed beforehand, so that watching does not choose it.
  public func liveEffects(limit: Int) -> [StatusSnapshot.LiveEffect] {
    var effects: [StatusSnapshot.LiveEffect] = []
    for (index, intervention) in interventions.enumerated() where effects.count < limit {
      guard let site = intervention.sites.last else { continue }
      let ratios = InterventionRatios(
        sums: sums[index], site: intervention.sites.count - 1, stride: intervention.sites.count,
        active: Array(clusters.names.indices))
      let hasControl = !intervention.controls.isEmpty
      let ratio = hasControl ? ratios.recoveryContrast : ratios.recoveryChange
      // Clusters that have no image yet are none: they hold no target, so leaving them out changes only n.
      let moments = RatioMoments(ratio.contributing)
      guard let effect = moments.ratio else { continue }
      effects.append(
        StatusSnapshot.LiveEffect(
          knockout: experiment.knockouts[intervention.knockout].name, window: intervention.window, site: site,
          comparison: hasControl ? .control : .baseline, effect: effect, margin: moments.margin,
          clusters: moments.n))
    }
    return effects
  }
}
