import ArgumentParser
import Coordinator
import Foundation
import Protocol
import Synchronization

extension ExportFormat: ExpressibleByArgument {}
extension ExportContent: ExpressibleByArgument {}

/// `rebound export`: results for other programs.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a run's results by token, and the report's tables, as Parquet, CSV or NumPy archives.",
    discussion: """
      tokens: what each token was predicted as, at each site, under each variant; layers and effects: the report's tables. \
      docs/export.md names every column, and shows how to read them. Works while the run goes on, with what is there.
      """)

  @Argument(help: "The run directory.")
  var run: String

  @Option(help: "The files' format.")
  var format = ExportFormat.parquet

  @Option(help: "Where to put the files (default: RUN/export).")
  var out: String?

  @Option(help: "Export the tokens only, or the cells of the report only.")
  var only: ExportContent?

  @Option(
    name: .customLong("knockout"), parsing: .upToNextOption,
    help: "Names of knockouts to export (default: all); the baseline always is.")
  var knockouts: [String] = []

  @Option(parsing: .upToNextOption, help: "Sites to export, such as adapter llm.12 (default: all).")
  var sites: [String] = []

  @Flag(help: "Leave the matched controls out, which are most of the tokens where there are several draws.")
  var withoutControls = false

  @Flag(help: "Replace files that are there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await reportingErrors {
      let directory = try RunDirectory(reading: run)
      let export = Export(
        format: format, contents: only.map { [$0] } ?? ExportContent.allCases,
        selection: try ExportSelection(
          knockouts: knockouts, sites: sites, controls: !withoutControls, of: directory.experiment),
        directory: out ?? directory.layout.export, replaces: force, build: Build.version)
      let isInterrupted = Mutex(false)
      let signals = Signals([SIGINT, SIGTERM]) { _ in isInterrupted.withLock { $0 = true } }
      defer { withExtendedLifetime(signals) {} }
      do {
        let summary = try await withCheckedThrowingContinuation { continuation in
          _ = DedicatedThread(name: "export") {
            continuation.resume(
              with: Result { try directory.export(export) { isInterrupted.withLock { $0 } } })
          }
        }
        try output.answer(summary, text: summary.text)
      } catch is CancellationError { throw ExitCode.interrupted }
    }
  }
}
