import Catalog
import Protocol

extension Tally {
  /// The effects to show while a sweep runs: for each knockout and window, against the control where there is one and
  /// against the baseline otherwise, at the last site computed; with linearised error bars. At most `limit`: the first
  /// window of every knockout, then the second ones, shown in the spec's order; none until an image has a target.
  ///
  /// The site is fixed beforehand, so that watching does not choose it.
  public func liveEffects(limit: Int) -> [StatusSnapshot.LiveEffect] {
    var windows: [Int: Int] = [:]
    let ranks = interventions.map { intervention in
      windows[intervention.knockout, default: 0] += 1
      return windows[intervention.knockout, default: 0]
    }
    let shown = interventions.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }.prefix(limit).sorted()
    return shown.compactMap(liveEffect)
  }

  private func liveEffect(of index: Int) -> StatusSnapshot.LiveEffect? {
    let intervention = interventions[index]
    guard let site = intervention.sites.last else { return nil }
    let ratios = InterventionRatios(
      sums: sums[index], site: intervention.sites.count - 1, stride: intervention.sites.count,
      active: Array(clusters.names.indices))
    let hasControl = !intervention.controls.isEmpty
    let ratio = hasControl ? ratios.recoveryContrast : ratios.recoveryChange
    // Clusters that have no image yet are none: they hold no target, so leaving them out changes only n.
    let moments = RatioMoments(ratio.contributing)
    guard let effect = moments.ratio else { return nil }
    return StatusSnapshot.LiveEffect(
      knockout: experiment.knockouts[intervention.knockout].name, window: intervention.window, site: site,
      comparison: hasControl ? .control : .baseline, effect: effect, margin: moments.margin,
      clusters: moments.n)
  }
}
