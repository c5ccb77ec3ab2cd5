import Catalog
import Foundation
import Protocol

/// Takes over, from another run, the outcomes that this run would compute anew: those of equal ``StageInputs``, of the same
/// image and the same variant.
struct Adoption {
  /// The most outcomes, and bytes of them, that are committed at once.
  private static let batchCount = 1_000
  private static let batchBytes = 64 << 20

  let run: OwnedRun
  /// The digest of the imported probe file, where probes are imported.
  let importedProbes: Digest?

  /// Copies what fits and is not there yet, stage by stage: a stage's inputs are known once the former is complete.
  func adopt(from source: RunDirectory) throws -> Adopted {
    var adopted = Adopted(run: source.layout.root)
    guard FileManager.default.fileExists(atPath: source.layout.database) else { return adopted }
    let store = try source.store()
    guard try isKernelShared(with: store) else { return adopted }
    let isUniform = run.experiment.compute.kernel == .uniform
    let kernel = isUniform ? try run.store.kernel() ?? store.kernel() : nil
    let mapping = TrialMapping(from: source.experiment, to: run.experiment)
    var artifacts: [Digest] = []
    for stage in Stage.allCases {
      if stage == .sweep, let importedProbes { artifacts = [importedProbes] }
      let inputs = StageInputs(of: run.experiment, stage: stage, kernel: kernel, artifacts: artifacts).digest
      adopted.counts[stage] = try adopt(stage, of: store, computedFrom: inputs, kernel, mapping, files: source.layout)
      guard try run.store.committed(in: stage) == run.experiment.trials(of: stage).count else { break }
      artifacts = try run.store.artifacts(of: stage)
    }
    return adopted
  }

  /// Whether outcomes of both may stand in one run; where kernels may differ, any may.
  private func isKernelShared(with store: Store) throws -> Bool {
    guard run.experiment.compute.kernel == .uniform else { return true }
    guard let theirs = try store.kernel() else { return false }
    return try run.store.kernel().map { $0 == theirs } ?? true
  }

  private func adopt(
    _ stage: Stage, of store: Store, computedFrom inputs: Digest, _ kernel: String?, _ mapping: TrialMapping,
    files: RunLayout
  ) throws -> Int {
    let present = Set(try run.store.trials(in: stage))
    var batch: [Store.Commit] = []
    var bytes = 0
    var count = 0
    func commit() throws {
      guard !batch.isEmpty else { return }
      if let kernel, try run.store.kernel() == nil { try run.store.recordKernel(kernel) }
      try run.store.commit(batch)
      count += batch.count
      (batch, bytes) = ([], 0)
    }
    try store.forEachEncodedOutcome(of: stage, computedFrom: inputs) { outcome, worker in
      guard let trial = mapping[outcome.trial], !present.contains(trial) else { return }
      if stage == .extract, let features = outcome.artifact { link(features, from: files) }
      batch.append(Store.Commit(outcome.renumbered(trial), by: worker))
      bytes += outcome.payload.count
      if batch.count >= Self.batchCount || bytes >= Self.batchBytes { try commit() }
    }
    try commit()
    return count
  }

  /// A feature file that can't be had is computed again if it is needed: see ``RunFiles``.
  private func link(_ features: Digest, from files: RunLayout) {
    let (old, new) = (files.features(features), run.layout.features(features))
    guard Foundation.link(old, new) != 0, errno != EEXIST else { return }
    let partial = "\(new).\(getpid()).tmp"
    guard (try? FileManager.default.copyItem(atPath: old, toPath: partial)) != nil else { return }
    if rename(partial, new) != 0 { unlink(partial) }
  }
}

/// What was taken over from a run.
public struct Adopted: Hashable, Sendable {
  /// Its directory.
  public let run: String
  /// Outcomes of each stage; none of a stage that is not in it.
  public internal(set) var counts: [Stage: Int] = [:]
}

extension Adopted: CustomStringConvertible {
  /// One sentence for people.
  public var description: String {
    let stages = Stage.allCases.compactMap { stage in counts[stage].flatMap { $0 > 0 ? "\($0) of \(stage)" : nil } }
    return stages.isEmpty
      ? "no further outcome of \(run) is one of this run's"
      : "took over from \(run) the outcomes of these trials: \(stages.joined(separator: ", "))"
  }
}
