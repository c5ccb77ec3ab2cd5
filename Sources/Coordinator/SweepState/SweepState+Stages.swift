import Catalog
import Protocol

/// extract → fit → sweep: each stage is opened when the former is complete.
///
/// Where probes are imported, the first two stages have no trials. A quarantined shard is a counted gap that `fit` goes on
/// without; a site whose probe is quarantined is absent from the sweep, unless it is the reference. What is missing is
/// missing for good once the next stage has begun, since its results depend on it.
extension SweepState {
  /// Leaves complete stages behind, and ends after the last one.
  mutating func openStages() {
    guard phase == .running || phase == .draining else { return }
    refreshInputs()
    while self[stage].isComplete {
      if let reason = obstacle { return close(.failed(reason), within: policy.farewell) }
      guard let next = Stage(rawValue: stage.rawValue + 1) else {
        guard audits.isEmpty else { return }
        let missing = tables.reduce(0) { $0 + $1.quarantined }
        return close(.finished(missing: missing), within: policy.farewell)
      }
      stage = next
      usualLease = nil
      stageOpened = (now, self[next].committed)
      refreshInputs()
      if !self[next].isComplete {
        emit(.note(.stageOpened(next, open: self[next].count - self[next].committed - self[next].quarantined)))
      }
    }
  }

  /// Why the next stage can't be computed from the current one's results.
  private var obstacle: String? {
    let table = self[stage]
    guard let gap = table.gaps.first else { return nil }
    switch stage {
    case .extract:
      return table.committed > 0
        ? nil : "no probe can be fitted, because no training image could be read; the first error: \(gap.error)"
    case .fit:
      let reference = experiment.probes.sites.firstIndex(of: experiment.reference).map { UInt32($0) }
      guard let missing = table.gaps.first(where: { $0.trial.unit == reference }) else { return nil }
      return "the probe at the reference site \(experiment.reference) could not be fitted: \(missing.error)"
    case .sweep: return nil
    }
  }

  /// What a worker must have before it starts with a trial of the current stage.
  var stageArtifacts: [Digest] {
    switch stage {
    case .extract: []
    case .fit: committedArtifacts(of: .extract)
    case .sweep: importedProbes.map { [$0] } ?? committedArtifacts(of: .fit)
    }
  }

  private func committedArtifacts(of stage: Stage) -> [Digest] {
    (0..<self[stage].units).compactMap { unit in
      let trial = TrialID(stage: stage, unit: UInt32(unit))
      guard case .committed = self[stage][trial] else { return nil }
      return artifacts[trial]
    }
  }

  /// The current stage's inputs are known once its artifacts and, if they must agree, the workers' kernel are.
  private mutating func refreshInputs() {
    guard inputs[stage] == nil, experiment.compute.kernel == .any || kernel != nil else { return }
    let named = experiment.compute.kernel == .any ? nil : kernel
    inputs[stage] = StageInputs(of: experiment, stage: stage, kernel: named, artifacts: stageArtifacts).digest
  }

  /// Gives no more work out, and asks the workers to leave.
  mutating func close(_ ending: Ending, within limit: Duration) {
    guard phase == .running || phase == .draining else { return }
    pause(false)
    phase = .closing(ending, deadline: now + limit)
    emit(.note(.closing(ending)))
    for worker in members.keys.sorted() { emit(.send(.drain(reason: ending.reason), to: worker)) }
  }

  /// Ends when all workers have left, or had long enough, and nothing is on its way to the disk.
  mutating func endIfLeft() {
    guard case .closing(let ending, let deadline) = phase, members.isEmpty || now >= deadline else { return }
    // With a full disk there is nothing to wait for: what is not acknowledged the workers keep.
    guard storageObstacle != nil || tables.allSatisfy({ $0.committing == 0 }) else { return }
    phase = .closed(ending)
    emit(.finish(ending))
  }
}
