import Catalog
import Foundation
import Protocol

extension RunDirectory {
  /// How the run stands by what is on disk, for when no coordinator answers; `now` in seconds since 1970.
  ///
  /// It has no rates, workers and effects: those are a living coordinator's, and ``report(build:beside:)`` has the effects.
  public func snapshot(now: Double) throws -> StatusSnapshot {
    let store = try store()
    let quarantined = try store.quarantined()
    let stages = try Stage.allCases.map { stage in
      StatusSnapshot.StageProgress(
        stage: stage, total: experiment.units(of: stage) * experiment.trialsPerUnit(of: stage),
        done: try store.committed(in: stage), quarantined: quarantined.count { $0.trial.stage == stage }, leased: 0,
        trialsPerSecond: nil, secondsLeft: nil)
    }
    let isComplete = stages.allSatisfy { $0.done + $0.quarantined >= $0.total }
    return StatusSnapshot(
      source: .runDirectory, asOf: min(now, lastWritten ?? now), now: now, started: nil, run: experiment.name,
      digest: digest, epoch: store.epoch, bitReproducible: experiment.compute.kernel == .uniform,
      phase: !isComplete ? .stopped : quarantined.isEmpty ? .finished : .finishedWithGaps, stages: stages, workers: [],
      counters: .init(
        attempts: 0, lost: 0, duplicates: 0, nondeterminism: try store.differences(),
        audited: try store.audited(), badMessages: 0, workersSeen: 0),
      failures: quarantined.byCause(\.trial).suffix(StatusSnapshot.recentFailures).map { failure, trials in
        .init(at: nil, host: nil, trial: failure.trial, trials: trials, quarantined: true, message: failure.error)
      }, effects: nil)
  }

  /// When the index of outcomes was last written, in seconds since 1970.
  private var lastWritten: Double? {
    [layout.database, layout.database + "-wal"].compactMap { path in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970
    }.max()
  }
}
