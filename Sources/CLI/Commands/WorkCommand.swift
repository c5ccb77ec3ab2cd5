import ArgumentParser
import Coordinator
import Foundation
import Logging
import Protocol
import Worker

/// `rebound work`: one worker.
struct WorkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work",
    abstract: "Compute for a coordinator until it has no more work.",
    discussion: "SIGTERM or SIGUSR1 let it finish its wave, hand the rest back, and exit 0.")

  @Argument(help: "The run directory, or an access file (access.json) copied from it.")
  var run: String

  @Option(help: "Threads (default: all cores).")
  var threads: Int?

  @Option(help: "Memory for activations, such as 4G (default: three quarters of the machine's).")
  var memory: String?

  @Option(name: .customLong("give-up"), help: "Seconds without a word from the coordinator before giving up.")
  var giveUp = 600

  @Option(
    help: ArgumentHelp(
      "Where probes, and outcomes that a coordinator can't take yet, are kept on this host; 'none' keeps nothing.",
      valueName: "directory"))
  var scratch = Scratch.standard

  @Option(name: .customLong("spool-limit"), help: "The most bytes of outcomes that wait there, such as 4G.")
  var spoolLimit = "2G"

  @Option(
    help: "Time until a batch system ends this worker: seconds, or [DAYS-]HH:MM:SS (default: Slurm's, if it runs here)."
  )
  var walltime: String?

  @Option(help: ArgumentHelp("The process whose end is this worker's end, too.", visibility: .private))
  var parent: Int32?

  @OptionGroup var log: LogOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is a number from 1 to 1024") }
    if let memory, parseBytes(memory) == nil { throw ValidationError("--memory is a number of bytes, such as 4G") }
    if let walltime, parseWalltime(walltime) == nil {
      throw ValidationError("--walltime is a time such as 3600, 01:00:00 or 1-12:00:00")
    }
    if parseBytes(spoolLimit) == nil { throw ValidationError("--spool-limit is a number of bytes, such as 4G") }
    if giveUp < 1 { throw ValidationError("--give-up is a number of seconds, at least 1") }
  }

  /// What `--output json` prints.
  struct Ending: Encodable {
    let schema = 1
    let reason: String
  }

  func run() async throws {
    try await reportingErrors {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: run, isDirectory: &isFolder) else {
        throw UsageError("\(run) is neither a run directory nor an access file")
      }
      if isFolder.boolValue { _ = try RunDirectory(reading: run) }
      if let parent { Self.end(with: parent) }
      let path = isFolder.boolValue ? "\(run)/access.json" : run
      let format = output.format
      var logger = Logger(label: "rebound.worker") { [log] in LineLog($0, to: nil, as: log.log) }
      if format == .quiet, log.log == .text { logger.logLevel = .warning }
      let worker = SweepWorker(
        at: .accessFile(path: path),
        resources: .init(
          threads: threads ?? Resources.cores, memory: memory.flatMap(parseBytes) ?? Resources.memory(workers: 1),
          walltime: (walltime.flatMap(parseWalltime) ?? Resources.batchWalltime).map { Walltime($0) },
          scratch: scratch == "none"
            ? nil : Scratch(directory: scratch, spoolBytes: parseBytes(spoolLimit) ?? 0)),
        build: Build.version, giveUp: .seconds(giveUp), logger: logger)
      let signals = Signals([SIGINT, SIGTERM, SIGUSR1]) { _ in worker.stop(reason: "the worker was told to leave") }
      let reason = try await worker.run()
      withExtendedLifetime(signals) {}
      try output.answer(Ending(reason: reason), text: "Done: \(reason).")
    }
  }

  /// Ends this process as soon as `parent` is no longer its parent. A local run that is started again brings workers of its
  /// own, which count on the memory that this one holds.
  private static func end(with parent: Int32) {
    _ = DedicatedThread(name: "parent") {
      while getppid() == parent { sleep(1) }
      announce("rebound: the run that started this worker is gone")
      _exit(1)
    }
  }
}
