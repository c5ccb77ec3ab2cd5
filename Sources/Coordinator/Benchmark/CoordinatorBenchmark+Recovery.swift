import Catalog
import Foundation
import Protocol

extension CoordinatorBenchmark {
  /// A run that has finished trials, opened again.
  public struct Recovery: Sendable, Encodable {
    /// How many trials are committed.
    public let trials: Int
    /// Until the state machine knows all of them, in seconds.
    public let seconds: Double
    /// Committing them in groups of 10,000, in seconds.
    public let commitSeconds: Double
  }

  /// Commits `trials` made-up outcomes, then opens the run as a coordinator that was started again does.
  public func recovery(trials: Int) async throws -> Recovery {
    let variants = 999
    let sweep = try prepare(
      images: (trials + variants) / (variants + 1), variants: variants, tokens: 1, sites: 2, classes: 2)
    return try await onBenchThread { [directory] in
      let path = "\(directory)/run"
      let commits = try ContinuousClock().measure {
        let run = try OwnedRun(at: path, experiment: sweep.experiment, spec: Data())
        let all = sweep.experiment.trials(of: .sweep)
        for start in stride(from: 0, to: trials, by: 10_000) {
          try run.store.commit(
            all[start..<min(start + 10_000, trials)].map { Store.Commit(Self.outcome($0), by: "bench/1") })
        }
        run.withdraw()
      }
      var state: SweepState?
      let opening = try ContinuousClock().measure {
        let run = try OwnedRun(at: path, experiment: sweep.experiment, spec: Data())
        state = SweepState(
          sweep.experiment, epoch: run.epoch, build: SyntheticSweep.build, importedProbes: Digest(of: Data()),
          recovered: try run.store.recovered())
        run.withdraw()
      }
      guard state?[.sweep].committed == trials else { throw RunFailure(description: "trials were lost") }
      return Recovery(trials: trials, seconds: opening / .seconds(1), commitSeconds: commits / .seconds(1))
    }
  }

  private static let payload = Data("payload".utf8)
  private static let payloadDigest = Digest(of: payload)

  private static func outcome(_ trial: TrialID) -> EncodedOutcome {
    EncodedOutcome(
      trial: trial, lease: LeaseID(1), epoch: Epoch(1), attempt: 1, inputs: payloadDigest, seconds: 1, payload: payload,
      digest: payloadDigest, artifact: nil)
  }
}
