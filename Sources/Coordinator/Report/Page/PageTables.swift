/// The page's tables of numbers.
struct PageTables {
  let findings: Findings

  /// The baseline, a row a site.
  var layers: Markup {
    let rows = findings.sites.map { site -> Markup in
      let cells = [
        cell(site.accuracy, .share), cell(site.meanIoU, .share), cell(site.recovery, .share),
        cell(site.relapse, .share), cell(site.netRecovery, .change),
      ].joined()
      return "<tr><th scope=\"row\">\(site.site.description)</th>\(cells)</tr>"
    }.joined()
    return table(["site", "accuracy %", "mIoU %", "recovery %", "relapse %", "net recovery, points"], rows)
  }

  /// A row a run.
  func sideBySide(_ comparison: Comparison) -> Markup {
    let rows = comparison.rows.map { row -> Markup in
      let cells = row.estimates.map { cell($0.0, $0.1) }.joined()
      return "<tr><th scope=\"row\">\(row.name)</th><td class=\"label\">\(row.images)</td>\(cells)</tr>"
    }.joined()
    return table(Comparison.header, rows)
  }

  /// The effects, a row a knockout and window, read at the last site computed.
  var effects: Markup {
    let rows = findings.knockouts.compactMap { knockout -> Markup? in
      guard let effect = knockout.effects.last else { return nil }
      let largest = knockout.largest.map { "\($0.site) \($0.primaryRecovery.valueText(.change))" } ?? "–"
      let distances = [knockout.control?.treatmentDistance, knockout.control?.controlDistance]
        .map { $0.map { Percent.fixed($0) } ?? "–" }.joined(separator: " / ")
      let cells = [
        cell(effect.recovery.againstBaseline, .change), cell(effect.recovery.againstControl, .change),
        plain(effect.adjustedPText), cell(effect.relapse.againstBaseline, .change), cell(effect.spillOver, .change),
        plain(largest), plain(Percent.grouped(knockout.targetWrong)), plain(Percent.grouped(knockout.edges)),
        plain(knockout.matchedText), plain(knockout.control == nil ? "" : distances),
        plain("\(knockout.images.complete)"),
      ].joined()
      return """
        <tr><th scope="row">\(knockout.knockout)</th><td class="label">\(knockout.window.description)</td>\
        <td class="label">\(effect.site.description)</td>\(cells)</tr>
        """
    }.joined()
    return table(
      [
        "knockout", "layers", "read at", "recovery against baseline", "recovery against control",
        "adjusted p", "relapse against baseline", "spill-over", "largest at", "|T∩W|", "edges", "matched",
        "distance, both arms",
        "images",
      ], rows)
  }

  /// IoU by class at the feature site, the adapter and the last site.
  var classes: Markup {
    let shown = findings.sites.indices.filter { index in
      let site = findings.sites[index].site
      return site == findings.featureSite || site == .adapter || index == findings.sites.count - 1
    }
    let rows = findings.classes.enumerated().map { label, tokens -> Markup in
      let cells = shown.map { plain(findings.sites[$0].classIoU[label].map(Percent.plain) ?? "–") }.joined()
      return "<tr><th scope=\"row\">\(tokens.name)</th>\(plain(Percent.grouped(tokens.gold)))\(cells)</tr>"
    }.joined()
    return table(["class", "gold tokens"] + shown.map { "IoU % at \(findings.sites[$0].site)" }, rows)
  }

  /// Trials that were given up.
  var gaps: Markup {
    let shown = findings.gaps.quarantined.byCause(\.trial).prefix(200)
    let rows = shown.map { missing, trials -> Markup in
      let more = trials > 1 ? " and \(Percent.grouped(trials - 1)) more" : ""
      return """
        <tr><th scope="row">\(missing.trial.description + more)</th><td class="label">\(missing.subject)</td>\
        <td class="label">\(missing.reason)</td></tr>
        """
    }.joined()
    let rest = findings.gaps.quarantined.count - shown.reduce(0) { $0 + $1.trials }
    let more: Markup = rest == 0 ? "" : "<p>And \(Percent.grouped(rest)) more, in report.json.</p>"
    return table(["trial", "of", "why"], rows) + more
  }

  private func table(_ header: [String], _ rows: Markup) -> Markup {
    let columns = header.map { title -> Markup in "<th scope=\"col\">\(title)</th>" }.joined()
    return """
      <div class="scroll"><table class="numbers"><thead><tr>\(columns)</tr></thead><tbody>\(rows)</tbody></table></div>
      """
  }

  private func plain(_ text: String) -> Markup { "<td>\(text)</td>" }

  private func cell(_ estimate: Estimate?, _ style: Estimate.Style) -> Markup {
    guard let estimate else { return "<td></td>" }
    if let interval = estimate.intervalText(style) {
      return "<td>\(estimate.valueText(style)) <span class=\"ci\">\(interval)</span></td>"
    }
    guard let reason = estimate.missingReason else { return plain(estimate.valueText(style)) }
    return "<td>\(estimate.valueText(style)) <span class=\"ci\">\(reason)</span></td>"
  }
}
