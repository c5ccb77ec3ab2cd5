import Catalog

/// Changes of recovery by window (rows) and site (columns), as a table whose cells are coloured: readable without colour,
/// by screen readers, and on paper.
struct HeatMap {
  let title: String
  let explanation: String
  let windows: [KnockoutFinding]
  let sites: [Site]
  /// The change that has the full colour.
  let scale: Double
  let estimate: (EffectFinding) -> Estimate?
  /// Whether these are the changes that are tested: those that stand up are marked then.
  let isTested: Bool

  /// Above this many columns, numbers would not fit; they are in the tooltips then, and in effects.csv.
  static func isDense(_ sites: [Site]) -> Bool { sites.count > 14 }

  private var isDense: Bool { Self.isDense(sites) }

  var markup: Markup {
    let columns = sites.map { site -> Markup in "<th scope=\"col\">\(label(site))</th>" }.joined()
    let rows = windows.map { window -> Markup in
      let cells = sites.map { cell(window, at: $0) }.joined()
      let mark: Markup =
        window.support == .tooFewMatched ? "<abbr title=\"too few edges matched: no effect is claimed\">!</abbr>" : ""
      return "<tr><th scope=\"row\">\(window.window.description)\(mark)</th>\(cells)</tr>"
    }.joined()
    let dense: Markup = isDense ? " dense" : ""
    return """
      <figure class="heat">
      <figcaption><b>\(title)</b> \(explanation)</figcaption>
      <div class="scroll"><table class="map\(dense)">
      <thead><tr><th scope="col">layers</th>\(columns)</tr></thead>
      <tbody>\(rows)</tbody>
      </table></div>
      </figure>
      """
  }

  /// `12` for llm.12: the caption says what the columns are.
  private func label(_ site: Site) -> String {
    if case .llm(let layer) = site { return "\(layer)" }
    return site.description
  }

  private func cell(_ window: KnockoutFinding, at site: Site) -> Markup {
    guard let effect = window.effects.first(where: { $0.site == site }), let estimate = estimate(effect) else {
      return "<td class=\"none\"></td>"
    }
    guard let value = estimate.value else {
      return "<td class=\"none\" title=\"\(site.description): \(estimate.missingReason ?? "")\">–</td>"
    }
    // Shades in steps of 5 %, strong enough to see and weak enough to read on.
    let shade = Markup(
      trusted: String(format: "%.2f", (min(1, abs(value) / max(scale, .leastNonzeroMagnitude)) * 20).rounded() / 20))
    let sign: Markup = value < 0 ? "neg" : "pos"
    let isShown = isTested && effect.isShown
    let certain: Markup = isShown ? " sure" : ""
    let number = !isDense ? Percent.signed(value) : isShown ? "•" : ""
    let p = isTested ? ", adjusted p \(effect.adjustedPText)" : ""
    let title = "layers \(window.window), \(site): " + estimate.changePhrase() + p
    return "<td class=\"\(sign)\(certain)\" style=\"--v:\(shade)\" title=\"\(title)\">\(number)</td>"
  }
}
