import Catalog
import Protocol

/// How trials leave leases without a result, and nobody is blamed.
extension SweepState {
  /// A worker made progress with a lease of its own.
  mutating func renew(_ lease: LeaseID, for worker: WorkerID) {
    guard let held = leases[lease] else { return }  // often its last outcome has just come
    guard held.worker == worker else { return counters.fenced += 1 }
    renew(lease)
  }

  /// The lease's deadline starts anew.
  mutating func renew(_ lease: LeaseID) {
    guard let expirations = leases[lease]?.expirations else { return }
    let deadline = now + patience(after: expirations)
    leases[lease]?.deadline = deadline
  }

  /// How long a lease may be without progress: a trial that needs longer than expected gets longer each time.
  func patience(after expirations: UInt32) -> Duration { policy.lease * (1 << min(6, Int(expirations))) }

  /// The worker gives trials of a lease back.
  mutating func takeBack(_ trials: [TrialID], of lease: LeaseID, from worker: WorkerID) {
    guard let held = leases[lease] else { return }  // it was taken back before
    guard held.worker == worker else { return counters.fenced += 1 }
    giveBack(trials.filter(held.holds), of: held)
  }

  /// All trials of a lease return, and nobody is blamed.
  mutating func returnUntouched(_ lease: LeaseID) {
    if let held = leases[lease] { giveBack(held.trials, of: held) }
  }

  /// The worker takes no messages now: it gets nothing more until it asks.
  mutating func takeUndelivered(_ lease: LeaseID) {
    if let worker = leases[lease]?.worker { members[worker]?.credits = 0 }
    returnUntouched(lease)
  }

  private mutating func giveBack(_ trials: [TrialID], of lease: OpenLease) {
    guard !trials.isEmpty else { return }
    keep(.returned, trials, of: lease)
    for trial in trials { requeue(trial, from: lease.id) }
  }

  /// A trial leaves a lease unfinished. `waveLimit` bounds the trial's next lease, if it was blamed.
  mutating func requeue(_ trial: TrialID, from lease: LeaseID, waveLimit: UInt32? = nil) {
    if audits.lease(of: trial) == lease { return abandonAudit(of: trial, in: lease) }
    guard case .leased(var attempts, let first, let second) = self[trial.stage][trial] else { return }
    if let waveLimit { attempts.waveLimit = min(attempts.waveLimit, waveLimit) }
    if let second, first == lease || second == lease {
      self[trial.stage][trial] = .leased(attempts, by: first == lease ? second : first, and: nil)
    } else if first == lease {
      self[trial.stage][trial] = .waiting(attempts)
      giveUpWithoutBaseline(trial)
    }
    close(trial, in: lease)
  }

  /// A variant whose image has no baseline can't be computed.
  private mutating func giveUpWithoutBaseline(_ trial: TrialID) {
    guard trial.stage == .sweep, trial.variant != 0,
      case .quarantined(let error) = self[.sweep][TrialID(stage: .sweep, unit: trial.unit)]
    else { return }
    giveUp(trial, error: Self.withoutBaseline(error))
  }

  /// Takes a trial out of a lease's open ones; a lease without open trials is over.
  mutating func close(_ trial: TrialID, in lease: LeaseID) {
    guard var held = leases[lease], held.holds(trial) else { return }
    held.open.remove(trial.variant)
    guard held.open.isEmpty else {
      leases[lease] = held
      return
    }
    leases[lease] = nil
    members[held.worker]?.leases.removeAll { $0 == lease }
    if members[held.worker]?.leases.isEmpty == true { members[held.worker]?.idleSince = now }
    let duration = now - held.given
    usualLease = usualLease.map { $0 * 0.8 + duration * 0.2 } ?? duration
  }
}

extension OpenLease {
  /// Whether the lease still has this trial open.
  func holds(_ trial: TrialID) -> Bool { trial.stage == stage && trial.unit == unit && open.contains(trial.variant) }
}
