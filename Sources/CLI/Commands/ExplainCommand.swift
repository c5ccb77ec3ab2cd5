import ArgumentParser
import Catalog
import Coordinator
import Foundation
import Protocol

/// `rebound explain`: a trial's story.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tell a trial's whole story: attempts, workers, times and errors, its outcome, and why it waits.")

  @Argument(help: "The run directory.")
  var run: String

  @Argument(help: "The trial, as status names it: sweep/12/3 is variant 3 of image 12, fit/4/0 the probe of site 4.")
  var trial: String

  @OptionGroup var output: OutputOptions

  /// What `--output json` prints.
  private struct Answer: Encodable {
    struct Line: Encodable {
      let at: Double
      let epoch: UInt64
      let lease: UInt64
      let worker: String
      let attempt: UInt32
      let kind: String
      let reason: String?
    }
    let schema = 1
    let trial: String
    let subject: String
    let story: [Line]
    let committedBy: String?
    let attempt: UInt32?
    let payload: String?
    let error: String?
    let waits: String?
  }

  func run() async throws {
    try await reportingErrors {
      guard let trial = TrialID(trial) else {
        throw UsageError("'\(trial)' doesn't name a trial; write STAGE/UNIT/VARIANT, such as sweep/12/3")
      }
      let directory = try RunDirectory(reading: run)
      let told = try await Explanation(trial, in: directory, StatusQuery(directory).snapshot())
      try output.answer(
        Answer(
          trial: "\(trial)", subject: told.subject,
          story: told.story.map {
            .init(
              at: $0.at, epoch: $0.epoch.number, lease: $0.lease.number, worker: $0.worker, attempt: $0.attempt,
              kind: $0.kind.rawValue, reason: $0.reason)
          }, committedBy: told.outcome?.worker, attempt: told.outcome?.attempt,
          payload: told.outcome?.digest.description,
          error: told.error, waits: told.waits), text: told.text)
    }
  }
}
