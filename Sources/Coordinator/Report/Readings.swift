import Catalog

extension Findings {
  /// `200 images` or `12 clusters of 200 images`.
  var clusterText: String {
    let images = "\(Percent.grouped(images.complete)) image\(images.complete == 1 ? "" : "s")"
    return grouped ? "\(Percent.grouped(clusters)) cluster\(clusters == 1 ? "" : "s") of \(images)" : images
  }

  /// The baseline at `site`; nil if it has no probe.
  func finding(at site: Site) -> SiteFinding? { sites.first { $0.site == site } }
}

extension LayerWindow {
  /// `layer 3`, or `layers 3-5`.
  var phrase: String { (first == last ? "layer " : "layers ") + description }
}

extension EffectFinding {
  /// The change of recovery that a claim rests on: against the control where there is one, else against the baseline.
  var primaryRecovery: Estimate { recovery.againstControl ?? recovery.againstBaseline }

  /// Whether the primary change of recovery stands up among all cells of its heat map.
  var isShown: Bool { adjustedP.map { $0 < SignFlipTest.level } ?? false }

  /// `0.003`, `0.0001`, or `–`.
  var adjustedPText: String { adjustedP.map { Percent.fixed($0, digits: $0 < 0.001 ? 4 : 3) } ?? "–" }
}

extension KnockoutFinding {
  /// The site with the largest change of recovery; the first of equals. Chosen after seeing the data.
  var largest: EffectFinding? {
    var best: EffectFinding?
    for effect in effects {
      guard let value = effect.primaryRecovery.value else { continue }
      if abs(value) > abs(best?.primaryRecovery.value ?? 0) || best == nil { best = effect }
    }
    return best
  }

  /// `94 %`, with `!` where too few are matched for a claim; nothing without a control.
  var matchedText: String {
    guard let control else { return "" }
    guard let share = control.shareMatched else { return "–" }
    return Percent.fixed(100 * share, digits: 0) + " %" + (support == .tooFewMatched ? " !" : "")
  }
}
