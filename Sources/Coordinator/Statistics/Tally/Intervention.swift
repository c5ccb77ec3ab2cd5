import Catalog

/// A knockout in one window with all its arms: what an effect belongs to.
struct Intervention: Hashable, Sendable {
  /// Position in ``Experiment/knockouts``.
  let knockout: Int
  let window: LayerWindow
  /// The variant that is the knockout itself.
  let treatment: Int
  /// [draw], variants.
  var thinned: [Int] = []
  /// [draw], variants.
  var controls: [Int] = []
  /// The probed sites at which it can differ from the baseline, in order.
  let sites: [Site]
  /// Positions of `sites` in ``Experiment/Probes/sites``.
  let probes: [Int]

  /// All interventions, in the order of ``Experiment/variants``.
  static func all(of experiment: Experiment) -> [Intervention] {
    var interventions: [Intervention] = []
    for variant in experiment.variants {
      switch variant.arm {
      case .treatment:
        let sites = experiment.sites(behind: variant.window)
        interventions.append(
          Intervention(
            knockout: variant.knockout, window: variant.window, treatment: variant.index, sites: sites,
            probes: sites.compactMap { experiment.probes.sites.firstIndex(of: $0) }))
      case .thinned: interventions[interventions.count - 1].thinned.append(variant.index)
      case .control: interventions[interventions.count - 1].controls.append(variant.index)
      }
    }
    return interventions
  }

  /// All variants of the control contrast.
  var contrast: [Int] { thinned + controls }
}
