import ArgumentParser
import Coordinator
import Foundation
import Protocol

/// `rebound status`: how a run stands.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how a run stands, from its coordinator or, without one, from its directory.")

  @Argument(help: "The run directory (default: the newest below ./runs).")
  var run: String?

  @Flag(help: "Keep showing it, until Ctrl-C or the end of the run.")
  var watch = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await reportingErrors {
      let directory = try RunDirectory(reading: try RunPath.existing(run))
      var painted = 0
      while true {
        let snapshot = try await StatusQuery(directory).snapshot()
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let lines = StatusText(snapshot).lines(columns: isTerminal ? ProgressView.columns : 80, coloured: isTerminal)
        if output.format == .text, watch, isTerminal, painted > 0 {
          print("\u{1B}[\(painted)A\u{1B}[J", terminator: "")
        }
        try output.answer(snapshot, text: lines.joined(separator: "\n"))
        painted = lines.count
        guard watch, [.running, .paused, .draining].contains(snapshot.phase) || snapshot.source == .live else { return }
        try await Task.sleep(for: .seconds(1))
      }
    }
  }
}

/// Asks a run's coordinator for its status; without an answer, reads the run directory.
struct StatusQuery {
  let directory: RunDirectory

  init(_ directory: RunDirectory) { self.directory = directory }

  /// The newest status there is.
  func snapshot() async throws -> StatusSnapshot {
    try await (try? CoordinatorQuery(directory).answer(to: .statusRequest, as: .status))
      ?? directory.snapshot(now: Date().timeIntervalSince1970)
  }
}
