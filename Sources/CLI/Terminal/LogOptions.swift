import ArgumentParser
import Logging
import Protocol

/// How log lines look.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json

  /// The coordinator's log, in a file of the run: on the terminal it would tear the progress apart.
  func coordinator(of run: RunLayout) -> Logger {
    Logger(label: "rebound") { LineLog($0, to: "\(run.logs)/coordinator.log", as: self) }
  }
}

/// What is logged, and how.
struct LogOptions: ParsableArguments {
  @Option(
    help:
      "Log lines as text or json; json is one object a line, and tells of every lease: its trials, attempt and worker.")
  var log = LogFormat.text
}
