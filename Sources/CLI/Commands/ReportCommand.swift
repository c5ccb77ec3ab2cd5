import ArgumentParser
import Coordinator
import Foundation

/// `rebound report`: what was found.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print a run's findings and write its report; further runs are set beside it, such as an untrained twin.")

  @Argument(help: "Run directories; the first is reported, the others are shown beside it.")
  var runs: [String]

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await reportingErrors {
      guard let first = runs.first else { throw UsageError("name a run directory") }
      let run = try RunDirectory(reading: first)
      let report = try run.illustratedReport(beside: try runs.dropFirst().map(RunDirectory.init(reading:)))
      try report.write(to: URL(fileURLWithPath: run.layout.report))
      switch output.format {
      case .text: print(report.text + "\nThe report: \(run.layout.report)/index.html")
      case .json: print(String(decoding: try report.json(), as: UTF8.self))
      case .quiet: break
      }
    }
  }
}
