import Catalog
import Protocol

extension SweepState {
  /// How the run stands at `now`. `digest` is the experiment's.
  public func snapshot(of digest: Digest, at now: Instant) -> StatusSnapshot {
    var snapshot = StatusSnapshot(
      name: experiment.name, experiment: digest, source: .coordinator, phase: phase.status, epoch: epoch)
    snapshot.reason = phase.ending?.reason
    snapshot.kernel = kernel
    snapshot.isBitReproducible = experiment.compute.kernel == .uniform
    snapshot.stages = tables.map {
      .init(
        stage: $0.stage, trials: $0.count, committed: $0.committed, leased: $0.leased + $0.committing,
        quarantined: $0.quarantined)
    }
    snapshot.workers = members.sorted { $0.key < $1.key }.map { worker, member in
      .init(
        id: worker, hello: member.hello, isReady: member.isReady, leases: member.leases.count,
        trials: member.leases.reduce(0) { $0 + (leases[$1]?.open.count ?? 0) }, committed: member.committed,
        silence: (now - member.lastHeard).seconds)
    }
    snapshot.benches = benches.filter { $0.value.until > now }.sorted { $0.key < $1.key }.map { host, bench in
      .init(host: host, seconds: (bench.until - now).seconds, message: bench.message)
    }
    snapshot.counters = counters
    snapshot.gaps = tables.flatMap(\.gaps).prefix(StatusSnapshot.mostGaps).map { .init(trial: $0.trial, error: $0.error) }
    let table = self[stage]
    let seconds = (now - stageOpened.at).seconds
    let done = table.committed - stageOpened.committed
    if seconds > 0, done > 0, phase == .running {
      let rate = Double(done) / seconds
      snapshot.rate = rate
      snapshot.remaining = Double(table.count - table.committed - table.quarantined) / rate
    }
    return snapshot
  }
}

extension SweepState.Phase {
  var status: StatusSnapshot.Phase {
    switch self {
    case .running: .running
    case .closing: .closing
    case .closed(.finished): .finished
    case .closed: .stopped
    }
  }

  var ending: SweepState.Ending? {
    switch self {
    case .running: nil
    case .closing(let ending, _), .closed(let ending): ending
    }
  }
}
