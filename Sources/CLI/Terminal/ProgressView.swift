import Coordinator
import Foundation
import Protocol

/// Shows a run's status while it goes on: repainted on a terminal, a line now and then elsewhere.
actor ProgressView {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  let isQuiet: Bool
  private var painted = 0
  private var lastLine = ContinuousClock.now - .seconds(3600)
  private var lastPhase = ""
  /// The failures that were told: each is told once.
  private var told: Set<String> = []

  /// How often a line is printed where there is no terminal.
  private static let interval = Duration.seconds(10)

  init(quiet: Bool) { isQuiet = quiet }

  /// Shows the newest snapshot.
  func show(_ snapshot: StatusSnapshot) {
    guard !isQuiet else { return }
    isTerminal ? repaint(snapshot) : printLine(snapshot)
  }

  private func repaint(_ snapshot: StatusSnapshot) {
    let lines = StatusText(snapshot).lines(columns: Self.columns, coloured: true)
    var text = painted > 0 ? "\u{1B}[\(painted)A" : ""
    for line in lines { text += "\u{1B}[2K\(line)\n" }
    if painted > lines.count {
      text += String(repeating: "\u{1B}[2K\n", count: painted - lines.count) + "\u{1B}[\(painted - lines.count)A"
    }
    painted = lines.count
    write(text)
  }

  private func printLine(_ snapshot: StatusSnapshot) {
    for failure in snapshot.failures.reversed() {
      let fate = failure.quarantined ? "given up" : "to be tried again"
      guard told.insert(fate + failure.message).inserted else { continue }
      write("\(snapshot.run): \(failure.trials) trial\(failure.trials == 1 ? "" : "s") \(fate): \(failure.message)\n")
    }
    let current = snapshot.stages.first { $0.done + $0.quarantined < $0.total } ?? snapshot.stages.last
    guard let current else { return }
    let phase = "\(current.stage)\(snapshot.phase.rawValue)"
    guard phase != lastPhase || ContinuousClock.now - lastLine > Self.interval else { return }
    lastLine = .now
    lastPhase = phase
    var line = "\(snapshot.run): \(current.stage) \(current.done)/\(current.total)"
    if let rate = current.trialsPerSecond { line += String(format: ", %.1f trials/s", rate) }
    if let left = current.secondsLeft { line += String(format: ", about %.0f s left", left) }
    if current.quarantined > 0 { line += ", \(current.quarantined) given up" }
    write("\(line), \(snapshot.workers.count) workers\n")
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  /// The terminal's width, at least 40 columns.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return 80 }
    return Int(size.ws_col)
  }
}
