import Foundation
import Protocol
import Synchronization

/// The worker processes of a local run: started, and replaced when they die, until the run ends.
final class WorkerFleet: Sendable {
  private let run: RunLayout
  private let threads: Int
  private let memory: Int
  private let log: LogFormat
  private let state: Mutex<State>

  private struct State {
    var processes: [Int: Process] = [:]
    var isClosing = false
    /// Deaths that followed a start within a few seconds, one after another.
    var quickDeaths = 0
    var failure: String?
  }

  /// A worker that dies so soon never worked.
  private static let quick: TimeInterval = 5
  /// After so many of those in a row something is wrong with every worker.
  private static let patience = 4

  /// Workers for a run.
  init(run: RunLayout, threads: Int, memory: Int, log: LogFormat) {
    self.run = run
    self.threads = threads
    self.memory = memory
    self.log = log
    state = Mutex(State())
  }

  /// Starts `count` workers.
  func start(_ count: Int) throws {
    for index in 1...max(1, count) { try launch(index) }
  }

  /// Why workers cannot be kept alive, if so: the last line of a log.
  var failure: String? { state.withLock { $0.failure } }

  /// No worker is replaced any more.
  func close() { state.withLock { $0.isClosing = true } }

  /// Waits for all workers to end by themselves, asks those that don't to, and kills what is left.
  func join(patience: Duration) async {
    close()
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline, hasRunning { try? await Task.sleep(for: .milliseconds(50)) }
    signalAll(SIGTERM)
    let last = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < last, hasRunning { try? await Task.sleep(for: .milliseconds(50)) }
    signalAll(SIGKILL)
  }

  private var hasRunning: Bool { state.withLock { $0.processes.values.contains(where: \.isRunning) } }

  private func signalAll(_ number: Int32) {
    let pids = state.withLock { $0.processes.values.filter(\.isRunning).map(\.processIdentifier) }
    for pid in pids { kill(pid, number) }
  }

  private func launch(_ index: Int) throws {
    let process = Process.ourselves([
      "work", run.root, "--threads", "\(threads)", "--memory", "\(memory)", "--give-up", "120", "--output", "quiet",
      "--parent", "\(getpid())", "--log", log.rawValue,
    ])
    let log = "\(run.logs)/worker-\(index).log"
    let isThere =
      FileManager.default.fileExists(atPath: log) || FileManager.default.createFile(atPath: log, contents: nil)
    guard isThere, let handle = FileHandle(forWritingAtPath: log) else { throw UsageError("\(log) cannot be written") }
    try handle.seekToEnd()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handle
    process.standardError = handle
    let started = Date()
    process.terminationHandler = { [weak self] ended in
      try? handle.close()
      self?.replace(index, ended, lived: Date().timeIntervalSince(started), log: log)
    }
    try process.run()
    state.withLock { $0.processes[index] = process }
  }

  private func replace(_ index: Int, _ process: Process, lived: TimeInterval, log: String) {
    let isWanted = state.withLock { state in
      guard !state.isClosing, state.failure == nil else { return false }
      if process.terminationReason == .exit && process.terminationStatus == 0 { return false }
      state.quickDeaths = lived < Self.quick ? state.quickDeaths + 1 : 0
      if state.quickDeaths >= Self.patience {
        state.failure = "the workers keep dying: \(Self.lastLine(of: log)) (see \(log))"
        return false
      }
      return true
    }
    guard isWanted else { return }
    Thread.sleep(forTimeInterval: lived < Self.quick ? 0.5 : 0)
    do { try launch(index) } catch { state.withLock { $0.failure = "a worker cannot be started: \(error)" } }
  }

  private static func lastLine(of log: String) -> String {
    guard let handle = FileHandle(forReadingAtPath: log), let size = try? handle.seekToEnd() else { return "no log" }
    try? handle.seek(toOffset: size > 4096 ? size - 4096 : 0)
    let text = String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
    return text.split(separator: "\n").last.map { String($0).replacing("rebound: ", with: "", maxReplacements: 1) }
      ?? "without a word"
  }
}
