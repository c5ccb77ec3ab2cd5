import Catalog
import Protocol

extension SweepState {
  /// How the run stands now. `digest` is the experiment's; `clock` says when the coordinator started, in seconds since
  /// 1970; `effects` are what the outcomes show so far.
  public func snapshot(
    of digest: Digest, startedAt clock: Double, effects: [StatusSnapshot.LiveEffect]? = nil
  ) -> StatusSnapshot {
    let time = clock + now.elapsed.seconds
    return StatusSnapshot(
      source: .live, asOf: time, now: time, started: clock, run: experiment.name, digest: digest, epoch: epoch,
      bitReproducible: experiment.compute.kernel == .uniform,
      phase: livePhase, obstacle: storageObstacle, stages: tables.map(progress),
      workers: members.sorted { $0.key < $1.key }.map { worker, member in
        .init(
          id: worker, host: member.hello.host, pid: member.hello.pid,
          kernel: experiment.compute.kernel(of: member.hello.kernel) ?? member.hello.kernel,
          threads: Int(member.hello.threads), leased: member.leases.reduce(0) { $0 + (leases[$1]?.open.count ?? 0) },
          committed: member.committed, trialsPerSecond: rate(member.committed, since: member.joined),
          lastHeard: clock + member.lastHeard.elapsed.seconds)
      },
      counters: .init(
        attempts: counters.attempts, retried: counters.retries, lost: counters.lost, duplicates: counters.duplicates,
        nondeterminism: counters.nondeterminism, audited: audits.done, late: counters.late, fenced: counters.fenced,
        badMessages: counters.invalid, workersSeen: counters.workers),
      failures: failures.map {
        .init(
          at: clock + $0.at.elapsed.seconds, host: $0.host, trial: $0.trial, trials: $0.trials,
          quarantined: $0.isFinal, message: $0.message)
      }, effects: effects)
  }

  private var livePhase: StatusSnapshot.Phase {
    guard phase == .running else { return phase.status }
    return storageObstacle != nil ? .waitingForDisk : isPaused ? .paused : .running
  }

  /// The current stage's rate is the mean since it was opened, or this coordinator started.
  private func progress(of table: TrialTable) -> StatusSnapshot.StageProgress {
    let isCurrent = table.stage == stage && phase == .running
    let rate = isCurrent ? rate(table.committed - stageOpened.committed, since: stageOpened.at) : nil
    let open = table.count - table.committed - table.quarantined
    return .init(
      stage: table.stage, total: table.count, done: table.committed, quarantined: table.quarantined,
      leased: table.leased + table.committing, trialsPerSecond: rate, secondsLeft: rate.map { Double(open) / $0 })
  }

  private func rate(_ trials: Int, since start: Instant) -> Double? {
    let seconds = (now - start).seconds
    return trials > 0 && seconds > 0 ? Double(trials) / seconds : nil
  }
}

extension SweepState.Phase {
  fileprivate var status: StatusSnapshot.Phase {
    switch self {
    case .running: .running
    case .draining: .draining
    case .closing(.finished(0), _), .closed(.finished(0)): .finished
    case .closing(.finished, _), .closed(.finished): .finishedWithGaps
    case .closing: .draining
    case .closed: .stopped
    }
  }
}
