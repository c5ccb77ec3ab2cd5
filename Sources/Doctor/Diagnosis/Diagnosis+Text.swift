import Coordinator

extension Diagnosis {
  /// For a terminal, without a final newline: what was seen, what to fix, and whether it is a go.
  public var text: String {
    let width = findings.map(\.name.count).max() ?? 0
    let seen = findings.map { finding in
      let name = finding.name + String(repeating: " ", count: width - finding.name.count)
      return "\(finding.mark)  \(name)  \(finding.value)"
    }
    return [
      seen.joined(separator: "\n"), classesText, section("To fix:", problems), section("Worth knowing:", advice),
      verdict,
    ]
    .filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var verdict: String {
    guard hasSweep else { return "" }
    return isGo ? "go" : "not go: \(Readable.count(problems.count, "thing")) to fix"
  }

  private func section(_ title: String, _ sentences: [String]) -> String {
    sentences.isEmpty ? "" : ([title] + sentences.map { "  - \($0)" }).joined(separator: "\n")
  }

  /// The most frequent classes, with bars.
  private var classesText: String {
    guard let counts, counts.tokens > counts.void else { return "" }
    let seen = counts.classes.filter { $0.tokens > 0 }
    let valid = Double(counts.tokens - counts.void)
    let most = Double(seen.first?.tokens ?? 1)
    var table = TextTable(header: ["class", "tokens", "%", ""], labels: 1)
    let shown = seen.prefix(20)
    for entry in shown {
      let bar = String(repeating: "█", count: max(1, Int((Double(entry.tokens) / most * 24).rounded())))
      table.add([
        entry.name.printable, Percent.grouped(entry.tokens), Percent.plain(Double(entry.tokens) / valid),
        bar + String(repeating: " ", count: 24 - bar.count),
      ])
    }
    let unseen = counts.classes.filter { $0.tokens == 0 }.map(\.name.printable)
    let rest = seen.count > shown.count ? "\nand \(seen.count - shown.count) rarer ones" : ""
    let absent =
      unseen.isEmpty
      ? ""
      : "\nnot among them: " + unseen.prefix(12).joined(separator: ", ")
        + (unseen.count > 12 ? " and \(unseen.count - 12) more" : "")
    return table.text + rest + absent
  }
}

extension Finding {
  fileprivate var mark: String { problems.isEmpty ? advice.isEmpty ? "✓" : "!" : "✗" }
}
