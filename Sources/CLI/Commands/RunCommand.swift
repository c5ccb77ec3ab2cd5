import ArgumentParser
import Coordinator
import Foundation

/// `rebound run`: a sweep on this machine.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a spec on this machine, on several worker processes; again to continue.",
    discussion:
      "Exits 0 when finished, 3 when finished with missing trials, 130 when interrupted, drained or cancelled, 1 on an error."
  )

  @OptionGroup var spec: SpecOptions
  @OptionGroup var resources: ResourceOptions
  @OptionGroup var watch: WatchOptions
  @OptionGroup var log: LogOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await reportingErrors {
      let loaded = try spec.load()
      let ending = try await SpecRun(
        loaded: loaded, path: spec.directory(for: loaded.experiment), resources: resources, log: log.log,
        watch: watch.ports, output: output.format
      ).run()
      try output.answer(ending.summary, text: ending.text)
      if let code = ending.exitCode { throw code }
    }
  }
}

/// One spec's sweep on this machine, from start to report.
struct SpecRun {
  let loaded: LoadedSpec
  let path: String
  let resources: ResourceOptions
  var log = LogFormat.text
  var watch = WatchPorts()
  let output: OutputFormat

  /// How it ended.
  struct Ending {
    let summary: Summary
    let text: String
    let exitCode: ExitCode?
  }

  /// What `--output json` prints.
  struct Summary: Encodable {
    let schema = 1
    let run: String
    let finished: Bool
    let missingTrials: Int
    let report: String?
  }

  /// Runs to the end and writes the report.
  func run() async throws -> Ending {
    let owned = try OwnedRun(
      at: path, experiment: loaded.experiment, spec: loaded.bytes, watching: announceWatching)
    let result = try await LocalRun(
      run: owned, workers: resources.workerCount, threads: resources.threadCount(loaded.spec),
      memory: resources.memoryBytes, reuse: loaded.spec.reuse, audit: loaded.spec.audit, log: log, watch: watch,
      view: ProgressView(quiet: output == .quiet)
    ).run()
    switch result {
    case .stopped(let reason):
      return Ending(
        summary: Summary(run: path, finished: false, missingTrials: 0, report: nil),
        text: "Stopped (\(reason)); the same command continues.", exitCode: .interrupted)
    case .finished: return try finish(missing: 0)
    case .finishedWithMissing(let missing): return try finish(missing: missing)
    }
  }

  private func finish(missing: Int) throws -> Ending {
    let run = try RunDirectory(reading: path)
    let report = try run.illustratedReport()
    try report.write(to: URL(fileURLWithPath: run.layout.report))
    let page = "\(run.layout.report)/index.html"
    return Ending(
      summary: Summary(run: run.layout.root, finished: true, missingTrials: missing, report: page),
      text: report.text + "\nThe report: \(page)", exitCode: missing > 0 ? .missingTrials : nil)
  }
}
