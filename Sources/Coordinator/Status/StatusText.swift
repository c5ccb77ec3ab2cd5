import Protocol

/// A status for people: lines of text that fit a terminal.
public struct StatusText: Sendable {
  /// What is shown.
  public let snapshot: StatusSnapshot

  /// Shows `snapshot`.
  public init(_ snapshot: StatusSnapshot) { self.snapshot = snapshot }

  /// The lines, each at most `columns` characters. Colours are for terminals only.
  public func lines(columns: Int = 80, coloured: Bool) -> [String] {
    (header + stages + workers + counters + failures + effects).map {
      $0.rendered(columns: columns, coloured: coloured)
    }
  }

  private var header: [StatusLine] {
    var line = StatusLine(snapshot.run, .strong)
    line.add("  \(snapshot.digest.short)", .soft)
    if let epoch = snapshot.epoch { line.add("  epoch \(epoch.number)", .soft) }
    var state = StatusLine(phase, phaseColour)
    switch snapshot.source {
    case .live:
      if let started = snapshot.started { state.add(" for \(Readable.duration(snapshot.now - started))") }
      state.add("  (live, from the coordinator)", .soft)
    case .runDirectory:
      state.add(
        "  (no coordinator runs; read from the run directory, \(Readable.duration(snapshot.now - snapshot.asOf)) old)",
        .soft)
    }
    var lines = [line, state]
    if let obstacle = snapshot.obstacle {
      lines.append(StatusLine("\(obstacle); make room: the run goes on by itself", .bad))
    }
    if !snapshot.bitReproducible {
      lines.append(StatusLine("not bit-reproducible: workers may use different CPU kernels", .warning))
    }
    return lines
  }

  private var phase: String {
    switch snapshot.phase {
    case .finishedWithGaps: "finished with missing trials"
    case .waitingForDisk: "waiting for the disk"
    case let phase: phase.rawValue
    }
  }

  private var phaseColour: StatusLine.Colour {
    switch snapshot.phase {
    case .running, .finished: .good
    case .waitingForDisk: .bad
    case .paused, .draining, .stopped, .finishedWithGaps: .warning
    }
  }

  private var stages: [StatusLine] {
    snapshot.stages.map { stage in
      var line = StatusLine("  " + stage.stage.description.padded(to: 8))
      line.add(bar(stage), .bar)
      line.add("  \(Percent.grouped(stage.done))/\(Percent.grouped(stage.total))")
      if stage.quarantined > 0 { line.add("  \(Percent.grouped(stage.quarantined)) given up", .bad) }
      if stage.leased > 0 { line.add("  \(Percent.grouped(stage.leased)) leased", .soft) }
      if let rate = stage.trialsPerSecond { line.add("  \(Readable.rate(rate))") }
      if let left = stage.secondsLeft { line.add("  \(Readable.duration(left)) left") }
      return line
    }
  }

  private func bar(_ stage: StatusSnapshot.StageProgress) -> String {
    let width = 20
    let full = stage.total > 0 ? width * min(stage.total, max(0, stage.done)) / stage.total : width
    return String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
  }

  private var workers: [StatusLine] {
    guard snapshot.source == .live else { return [] }
    var title = StatusLine(Readable.count(snapshot.workers.count, "worker"), .strong)
    if snapshot.workers.isEmpty { title.add("  start one with `rebound work`", .soft) }
    let shown = snapshot.workers.prefix(Self.shownWorkers).map { worker in
      let silence = snapshot.now - worker.lastHeard
      var line = StatusLine("  #\(worker.id.number) \(worker.host.padded(to: 14)) pid \(worker.pid)")
      line.add("  \(Readable.count(worker.committed, "trial"))")
      line.add(worker.trialsPerSecond.map { "  " + Readable.rate($0) } ?? "")
      line.add("  \(worker.leased) leased", .soft)
      line.add("  heard \(Readable.duration(silence)) ago", silence > Self.longSilence ? .warning : .soft)
      return line
    }
    let rest = snapshot.workers.count - shown.count
    return [title] + shown + (rest > 0 ? [StatusLine("  and \(rest) more", .soft)] : [])
  }

  private var counters: [StatusLine] {
    let counters = snapshot.counters
    var lines: [StatusLine] = []
    let events = [
      (counters.lost, "lost and given out again"), (counters.duplicates, "computed twice"),
      (counters.audited, "audited"), (counters.badMessages, "bad messages"),
    ]
    .filter { $0.0 > 0 }.map { "\(Percent.grouped($0.0)) \($0.1)" }
    if !events.isEmpty { lines.append(StatusLine("  " + events.joined(separator: ", "), .soft)) }
    if counters.nondeterminism > 0 {
      lines.append(
        StatusLine("  \(Readable.count(counters.nondeterminism, "repeated trial")) gave another result", .bad))
    }
    return lines
  }

  private var failures: [StatusLine] {
    guard !snapshot.failures.isEmpty else { return [] }
    return [StatusLine("latest failures", .strong)]
      + snapshot.failures.prefix(Self.shownFailures).map { failure in
        var line = StatusLine()
        if let time = failure.at { line.add("  \(Readable.duration(snapshot.now - time)) ago", .soft) }
        if let trial = failure.trial {
          line.add("  \(trial)\(failure.trials > 1 ? " and \(failure.trials - 1) more" : "")")
        }
        if let host = failure.host { line.add("  on \(host)", .soft) }
        line.add(failure.quarantined ? "  given up" : "  to be tried again", failure.quarantined ? .bad : .warning)
        line.add(": \(failure.message)")
        return line
      }
  }

  private var effects: [StatusLine] {
    guard let effects = snapshot.effects, !effects.isEmpty else { return [] }
    return [StatusLine("effects so far: change of the target's recovery, in points", .strong)]
      + effects.map { effect in
        var line = StatusLine("  \(effect.knockout.padded(to: 18)) layers \(effect.window)  at \(effect.site)  ")
        line.add(Percent.signed(effect.effect) + (effect.margin.map { " ± " + Percent.plain($0) } ?? " ± –"), .strong)
        line.add(effect.comparison == .control ? "  against control" : "  against baseline", .soft)
        let few = effect.clusters < Findings.enoughClusters
        line.add("  n = \(effect.clusters)\(few ? ", few" : "")", few ? .warning : .soft)
        return line
      }
  }

  private static let shownWorkers = 12
  private static let shownFailures = 5
  /// Seconds of silence that deserve attention.
  private static let longSilence = 15.0
}

extension String {
  /// With spaces behind it, at least `width` characters.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
