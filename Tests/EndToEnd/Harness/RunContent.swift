import Catalog
import Coordinator
import Foundation
import Protocol

/// What a run directory holds, read as the program's own modules read it.
struct RunContent {
  /// Of all per-token predictions at every site, gold labels and targets, ordered by trial.
  let predictions: Digest
  /// Of each committed payload, in all stages.
  let payloads: [TrialID: Digest]
  /// Host and process that computed each trial.
  let workers: [TrialID: String]
  /// Attempts that the committed trials needed.
  let attempts: Int
  let quarantined: [(trial: TrialID, error: String)]
  /// Repeated computations that differed.
  let differences: Int
  let layout: RunLayout

  init(_ path: String) throws {
    let run = try RunDirectory(reading: path)
    layout = run.layout
    let store = try run.store()
    var hasher = Digest.Hasher()
    var payloads: [TrialID: Digest] = [:]
    var workers: [TrialID: String] = [:]
    var attempts = 0
    for stage in Stage.allCases {
      try store.forEachOutcome(of: stage) { outcome in
        payloads[outcome.trial] = outcome.digest
        workers[outcome.trial] = outcome.worker
        attempts += Int(outcome.attempt)
        guard case .cells(let results) = outcome.payload else { return }
        hasher.update(Data("\(outcome.trial) \(results.sites) \(results.targets) \(results.gold)".utf8))
        for row in results.predictions { hasher.update(row.withUnsafeBytes { Data($0) }) }
      }
    }
    predictions = hasher.finish()
    self.payloads = payloads
    self.workers = workers
    self.attempts = attempts
    quarantined = try store.quarantined()
    differences = try store.differences()
  }

  /// How many trials of a stage are committed.
  func committed(_ stage: Stage) -> Int { payloads.keys.count { $0.stage == stage } }

  /// The processes that contributed to a stage.
  func contributors(_ stage: Stage) -> Set<String> {
    Set(workers.filter { $0.key.stage == stage }.map(\.value))
  }

  /// The report's JSON as it was written at the end of the run.
  var report: Data { FileManager.default.contents(atPath: "\(layout.report)/report.json") ?? Data() }
}

/// The run's status as `rebound status` prints it; nil while there is no run.
func status(of run: String) async throws -> StatusSnapshot? {
  let ending = try await Rebound.run(["status", run, "--output", "json"], limit: .seconds(60))
  return ending.code == 0 ? try StatusSnapshot(json: Data(ending.output.utf8)) : nil
}

/// The status of a run once a living coordinator says `condition`; throws if the run's process ends before.
func live(
  _ run: String, of program: RunningProgram, until what: String, _ condition: (StatusSnapshot) -> Bool
) async throws -> StatusSnapshot {
  try await eventually(what) {
    guard program.isRunning else {
      throw TimeLimitExceeded(
        description: "the run ended before: \(what); it wrote: \(program.output)\(program.errors)")
    }
    guard let status = try await status(of: run), status.source == .live, condition(status) else { return nil }
    return status
  }
}

extension StatusSnapshot {
  func progress(_ stage: Stage) -> StageProgress? { stages.first { $0.stage == stage } }
}
