import Catalog

extension Report {
  /// The summary, the layerwise table and the effects table, for a terminal.
  public var text: String {
    var parts = ["\(findings.name.printable): findings", summaryText, sitesText]
    if let comparison { parts.append(text(of: comparison)) }
    if !findings.knockouts.isEmpty { parts.append(effectsText) }
    if !findings.gaps.quarantined.isEmpty { parts.append(gapsText) }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var summaryText: String {
    Summary(self).points.map { point in
      let mark = point.kind == .caveat ? "!" : "*"
      return wrapped(point.text.printable, width: 98).enumerated().map {
        ($0.offset == 0 ? "\(mark) " : "  ") + $0.element
      }
      .joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private var sitesText: String {
    var table = TextTable(
      header: ["site", "accuracy %", "mIoU %", "recovery %", "relapse %", "net recovery"], labels: 1)
    for site in findings.sites {
      table.add([
        site.site.description, table.cell(site.accuracy, .share), table.cell(site.meanIoU, .share),
        table.cell(site.recovery, .share), table.cell(site.relapse, .share), table.cell(site.netRecovery, .change),
      ])
    }
    return "Layer by layer (baseline; 95 % intervals over \(findings.clusterText))\n" + table.text
  }

  private func text(of comparison: Comparison) -> String {
    var table = TextTable(header: Comparison.header, labels: 2)
    for row in comparison.rows {
      table.add([row.name.printable, row.images] + row.estimates.map { table.cell($0.0, $0.1) })
    }
    return "Side by side (baselines)\n" + table.text
  }

  private var effectsText: String {
    var table = TextTable(
      header: [
        "knockout", "window", "read at", "against baseline", "against control", "adjusted p", "largest", "|T∩W|",
        "edges", "matched",
      ], labels: 3)
    for knockout in findings.knockouts {
      guard let effect = knockout.effects.last else { continue }
      table.add([
        knockout.knockout.printable, knockout.window.description, effect.site.description,
        table.cell(effect.recovery.againstBaseline, .change), table.cell(effect.recovery.againstControl, .change),
        effect.adjustedPText, knockout.largest.map { "\($0.site) \($0.primaryRecovery.valueText(.change))" } ?? "–",
        Percent.grouped(knockout.targetWrong), Percent.grouped(knockout.edges), knockout.matchedText,
      ])
    }
    return """
      Effects on the target's recovery, in percentage points, read at the last site computed
      \(table.text)
      adjusted p: of the change against the control, else against the baseline, among all windows and sites of the knockout;
      largest: the site with the largest change, chosen after seeing the data; edges: per layer and head
      """
  }

  private var gapsText: String {
    let causes = findings.gaps.quarantined.byCause(\.trial)
    let shown = causes.prefix(20)
    let lines = shown.map { missing, trials in
      "  \(missing.trial)\(trials > 1 ? " and \(Percent.grouped(trials - 1)) more" : "") (\(missing.subject.printable)): "
        + missing.reason.printable
    }
    let rest = findings.gaps.quarantined.count - shown.reduce(0) { $0 + $1.trials }
    return (["Trials without a result:"] + lines + (rest > 0 ? ["  and \(rest) more, in report.json"] : []))
      .joined(separator: "\n")
  }
}

/// `text` in lines of at most `width` characters, broken at spaces.
func wrapped(_ text: String, width: Int) -> [String] {
  var lines: [String] = []
  for word in text.split(separator: " ") {
    if let last = lines.last, last.count + 1 + word.count <= width {
      lines[lines.count - 1] += " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines
}
