import Catalog

/// What was and was not found, in plain words. Every sentence follows from the findings by the rules here; none is chosen.
struct Summary {
  /// One statement.
  struct Point: Hashable, Sendable, Encodable {
    enum Kind: String, Hashable, Sendable, Encodable {
      /// Something that the data show.
      case finding
      /// Something that was looked for and not shown.
      case nothing
      /// What limits the other statements.
      case caveat
    }
    let kind: Kind
    let text: String
  }

  let points: [Point]

  init(_ report: Report) {
    let findings = report.findings
    guard findings.images.complete > 0 else {
      points = [Point(kind: .caveat, text: "No image is complete yet, so there is nothing to report.")]
      return
    }
    points =
      Self.adapter(findings) + Self.recovery(findings) + report.others.flatMap { Self.other($0, beside: findings) }
      + KnockoutSummary.points(findings) + Caveats.points(report)
  }

  private static func adapter(_ findings: Findings) -> [Point] {
    guard let feature = findings.finding(at: findings.featureSite), let adapter = findings.finding(at: .adapter),
      let drop = findings.dropOff.value
    else { return [] }
    let levels =
      "Linear probes are right on \(feature.accuracy.phrase(.share)) of the tokens at \(findings.featureSite), "
      + "which feeds the adapter, and on \(adapter.accuracy.phrase(.share)) behind it"
    let difference = findings.dropOff.changePhrase(sign: -1)
    guard let interval = findings.dropOff.interval, !interval.containsZero else {
      return [Point(kind: .nothing, text: "\(levels): a drop at the adapter could not be shown (\(difference)).")]
    }
    return drop > 0
      ? [Point(kind: .finding, text: "\(levels): less can be read linearly behind the adapter (\(difference)).")]
      : [Point(kind: .nothing, text: "\(levels): no drop at the adapter, but a gain (\(difference)).")]
  }

  private static func recovery(_ findings: Findings) -> [Point] {
    guard let last = findings.sites.last, last.site > findings.reference, let net = last.netRecovery.value else {
      return []
    }
    var text = ""
    if last.recovery.value != nil {
      text =
        "Of the tokens that are wrong at \(findings.reference), \(last.recovery.phrase(.share)) are right at "
        + "\(last.site), and of the correct ones \(last.relapse.phrase(.share)) are wrong there. "
    }
    text += "Net recovery is \(last.netRecovery.changePhrase()) of all tokens"
    guard let interval = last.netRecovery.interval, !interval.containsZero else {
      return [Point(kind: .nothing, text: text + ": neither recovery nor loss over the layers could be shown.")]
    }
    return [
      Point(
        kind: .finding,
        text: text + (net > 0 ? ": more can be read linearly there." : ": less can be read linearly there."))
    ]
  }

  private static func other(_ other: Findings, beside findings: Findings) -> [Point] {
    guard let last = other.sites.last, last.netRecovery.value != nil else { return [] }
    return [
      Point(
        kind: .finding,
        text:
          "In \(other.name), shown beside it, net recovery at \(last.site) is \(last.netRecovery.changePhrase()) of all "
          + "tokens: what is common to both does not come from what sets \(findings.name) apart.")
    ]
  }
}

extension Estimate {
  /// `47.1 % [44.0, 50.2]`.
  func phrase(_ style: Style) -> String {
    let text = valueText(style) + (value == nil ? "" : " %")
    return intervalText(style).map { "\(text) \($0)".unbroken } ?? text.unbroken
  }

  /// `−15.2 points [−17.0, −13.3]`, turned around for `sign` −1.
  func changePhrase(sign: Double = 1) -> String {
    guard let value else { return "unknown: \(missingReason ?? "no value")" }
    let text = Percent.signed(sign * value) + " points"
    guard let interval else { return text.unbroken }
    let ends = [sign * interval.low, sign * interval.high].sorted().map(Percent.signed)
    return "\(text) [\(ends[0]), \(ends[1])]".unbroken
  }
}

extension String {
  /// With spaces at which no line is broken: a number stays with its unit and its interval.
  fileprivate var unbroken: String { replacing(" ", with: "\u{A0}") }
}
