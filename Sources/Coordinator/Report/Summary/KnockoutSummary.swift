/// One statement for each knockout: at its window with the largest change, read at the last site computed.
enum KnockoutSummary {
  static func points(_ findings: Findings) -> [Summary.Point] {
    var names: [String] = []
    for knockout in findings.knockouts where names.last != knockout.knockout { names.append(knockout.knockout) }
    return names.map { name in point(name, findings.knockouts.filter { $0.knockout == name }) }
  }

  private static func point(_ name: String, _ windows: [KnockoutFinding]) -> Summary.Point {
    let edited = windows.filter { $0.support != .noEdges }
    guard !edited.isEmpty else {
      return .init(kind: .nothing, text: "“\(name)” edits no edge in any image: it is the baseline.")
    }
    let claimable = edited.filter { $0.support != .tooFewMatched }
    guard let (knockout, effect) = largest(claimable.isEmpty ? edited : claimable) else {
      let reason = edited.compactMap { $0.effects.last?.primaryRecovery.missingReason }.first ?? "no site is behind it"
      return .init(kind: .nothing, text: "“\(name)” has no effect to show: \(reason).")
    }
    let choice = windows.count == 1 ? "" : " (the largest of \(windows.count) windows)"
    let change =
      "“\(name)” in \(knockout.window.phrase)\(choice) changes its target's recovery at \(effect.site) by "
      + "\(effect.recovery.againstBaseline.changePhrase()) against the baseline"
    let point = judged(change, knockout, effect)
    guard windows.count > 1, knockout.support != .tooFewMatched else { return point }
    return .init(kind: point.kind, text: point.text + " " + count(windows))
  }

  /// How many windows have an effect: what one window, chosen for its size, does not say.
  private static func count(_ windows: [KnockoutFinding]) -> String {
    let shown = windows.count { $0.effects.last?.isShown ?? false }
    return "Tested together, \(shown) of \(windows.count) windows have an effect there."
  }

  private static func largest(_ windows: [KnockoutFinding]) -> (KnockoutFinding, EffectFinding)? {
    var best: (KnockoutFinding, EffectFinding)?
    for knockout in windows {
      guard let effect = knockout.effects.last, let value = effect.primaryRecovery.value else { continue }
      if abs(value) > abs(best?.1.primaryRecovery.value ?? 0) || best == nil { best = (knockout, effect) }
    }
    return best
  }

  private static func judged(_ change: String, _ knockout: KnockoutFinding, _ effect: EffectFinding) -> Summary.Point {
    guard knockout.support != .tooFewMatched else {
      return .init(
        kind: .nothing,
        text: "\(change). Its control matches only \(knockout.matchedShare) of the edges, so no effect is claimed.")
    }
    guard let control = effect.recovery.againstControl else {
      guard effect.isShown else {
        return .init(kind: .nothing, text: "\(change): no effect could be shown\(effect.pPhrase).")
      }
      return .init(
        kind: .finding,
        text:
          "\(change)\(effect.pPhrase). It has no control, so that may come from the number of edges and not from which they are."
      )
    }
    let source = knockout.control?.from.map { " to “\($0)”" } ?? ""
    let against = "\(change) and by \(control.changePhrase()) against as many edges\(source) at matched distance"
    return effect.isShown
      ? .init(kind: .finding, text: "\(against)\(effect.pPhrase): which edges are edited matters.")
      : .init(kind: .nothing, text: "\(against): no effect beyond the control's could be shown\(effect.pPhrase).")
  }
}

extension EffectFinding {
  /// ` (adjusted p 0.003)`, or nothing.
  fileprivate var pPhrase: String { adjustedP == nil ? "" : " (adjusted\u{A0}p\u{A0}\(adjustedPText))" }
}

extension KnockoutFinding {
  /// `63 %`.
  fileprivate var matchedShare: String {
    (control?.shareMatched).map { Percent.fixed(100 * $0, digits: 0) + " %" } ?? "none"
  }
}
