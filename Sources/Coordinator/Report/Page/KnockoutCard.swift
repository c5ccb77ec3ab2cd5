import Catalog

/// One knockout on the page: its curve beside baseline and control, and its heat maps.
struct KnockoutCard {
  let number: Int
  let name: String
  let windows: [KnockoutFinding]

  private var hasControl: Bool { windows.contains { $0.control != nil } }

  var markup: Markup {
    """
    <article>
    <h3>\(name)</h3>
    <p class="rule">\(windows.first?.rule ?? "")\(control)</p>
    <figure><figcaption><b>Recovery on W</b> with and without the knockout\(selector)</figcaption>\
    <div class="chart"><canvas id="knockout-\(number)" role="img" aria-label="Recovery by site with and without the knockout; the numbers are in effects.csv"></canvas></div></figure>
    \(maps)
    \(rows)
    </article>
    """
  }

  private var control: String {
    guard let control = windows.first(where: { $0.control != nil })?.control else { return " · no control" }
    let from = control.from ?? "the query's other image keys"
    return " · control: as many keys from \(from) at matched distance, \(control.draws) draws"
  }

  private var selector: Markup {
    guard windows.count > 1 else { return ", layers \(windows.first?.window.description ?? "")" }
    let options = windows.enumerated().map { index, window -> Markup in
      "<option value=\"\(index)\">\(window.window.description)</option>"
    }.joined()
    return """
      , layers <select data-knockout="\(number)" aria-label="layers of the knockout">\(options)</select>
      """
  }

  private var rows: Markup {
    guard windows.contains(where: { $0.places != nil }) else { return "" }
    return """
      <figure><figcaption><b>By row of the image</b>: change of accuracy at the last site computed against the baseline, points</figcaption>\
      <div class="chart low"><canvas id="rows-\(number)" role="img" aria-label="Change of accuracy by row of the image; the numbers are in places.csv"></canvas></div></figure>
      """
  }

  private var maps: Markup {
    var sites: [Site] = []
    for window in windows {
      for effect in window.effects where !sites.contains(effect.site) { sites.append(effect.site) }
    }
    sites.sort()
    var panels: [(String, String, (EffectFinding) -> Estimate?)] = [
      ("Knockout", "minus baseline", { $0.recovery.againstBaseline })
    ]
    if hasControl {
      panels.append(("Control", "minus baseline", { $0.recovery.controlAgainstBaseline }))
      panels.append(("Difference", "thinned knockout minus control", { $0.recovery.againstControl }))
    }
    let values = windows.flatMap { $0.effects.flatMap { effect in panels.compactMap { $0.2(effect)?.value.map(abs) } } }
    let scale = values.max() ?? 0
    let maps = panels.enumerated().map { index, panel in
      HeatMap(
        title: panel.0, explanation: panel.1, windows: windows, sites: sites, scale: scale, estimate: panel.2,
        isTested: index == panels.count - 1
      ).markup
    }
    let dense: Markup = HeatMap.isDense(sites) ? " dense-maps" : ""
    return """
      <p class="maps-title">Change of the target's recovery, in points, by layers of the knockout (rows) and layer where it \
      is read (columns). \(HeatMap.isDense(sites) ? "A dot" : "Bold and underlined") in the \
      last map: p < 0.05, adjusted for all its cells. \
      Orange: less recovery, blue: more, strongest at \(Percent.fixed(100 * scale)) points.</p>
      <div class="maps\(dense)" style="--n:\(sites.count)">\(maps.joined())</div>
      """
  }
}
