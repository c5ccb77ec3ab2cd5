import Catalog
import Protocol

/// Who gets what.
extension SweepState {
  /// Gives waiting trials to workers that can take them: all open variants of one image, one shard or one site a lease.
  mutating func assignWaiting() {
    guard isGivingOut, self[stage].waiting > 0 else { return }
    var isGiving = true
    while isGiving {
      isGiving = false
      // One lease each, so that nobody hoards what others could begin with.
      for worker in hungry {
        guard self[stage].waiting > 0 else { return }
        guard let member = members[worker], let trials = work(for: member.hello.host) else { continue }
        give(trials, to: worker)
        isGiving = true
      }
    }
  }

  /// The workers that can take a lease, those with the fewest first.
  var hungry: [WorkerID] {
    let able = members.hungry.compactMap { worker -> (leases: Int, worker: WorkerID)? in
      guard let member = members[worker], !isBenched(member.hello.host), hasTime(member) else { return nil }
      return (member.leases.count, worker)
    }
    return able.sorted { $0 < $1 }.map(\.worker)
  }

  /// Whether a worker will be there for a while.
  private func hasTime(_ member: Member) -> Bool { member.leavesAt.map { $0 - now > policy.walltimeReserve } ?? true }

  /// The next trials for a worker on `host`.
  private func work(for host: String) -> [TrialID]? {
    self[stage].first { unit in group(of: unit, for: host) }
  }

  /// Waiting trials of a unit that may be leased together: those with the same history. Trials that were blamed together
  /// come back in halves. A blamed baseline is tried alone, before anything that depends on it.
  private func group(of unit: UInt32, for host: String) -> [TrialID]? {
    if stage == .sweep, let baseline = blamedBaseline(of: unit) {
      guard case .waiting = self[.sweep][baseline], !shouldAvoid(baseline, on: host) else { return nil }
      return [baseline]
    }
    let waiting = self[stage].waitingTrials(of: unit).filter { !shouldAvoid($0.trial, on: host) }
    guard let limit = waiting.first?.attempts.waveLimit else { return nil }
    return waiting.lazy.filter { $0.attempts.waveLimit == limit }.map(\.trial)
      .prefix(min(Int(limit), WireLimits.trials)).map { $0 }
  }

  private func blamedBaseline(of unit: UInt32) -> TrialID? {
    let baseline = TrialID(stage: .sweep, unit: unit)
    switch self[.sweep][baseline] {
    case .waiting(let attempts), .leased(let attempts, _, _): return attempts.isBlamed ? baseline : nil
    default: return nil
    }
  }

  /// Whether a trial failed alone on this host, and there is another one to try.
  private func shouldAvoid(_ trial: TrialID, on host: String) -> Bool {
    guard let hosts = evidence[trial]?.hosts, hosts.contains(host) else { return false }
    return !usableHosts.subtracting(hosts).isEmpty
  }

  /// Gives trials of one unit to a worker, besides whoever holds them already.
  mutating func give(_ trials: [TrialID], to worker: WorkerID, isAudit: Bool = false) {
    guard let member = members[worker], let inputs = inputs[stage], let unit = trials.first?.unit else { return }
    lastLease += 1
    let id = LeaseID(lastLease)
    var attempts = Attempts(made: 0, waveLimit: .max)
    for trial in trials {
      if isAudit { audits.begin(trial, under: id) }
      guard let held = hold(trial, in: id) else { continue }
      attempts.made = max(attempts.made, held.made)
      attempts.waveLimit = min(attempts.waveLimit, held.waveLimit)
      attempts.expirations = max(attempts.expirations, held.expirations)
    }
    let variants = trials.map(\.variant).sorted()
    let lease = OpenLease(
      id: id, worker: worker, host: member.hello.host, stage: stage, unit: unit, attempt: max(1, attempts.made),
      waveLimit: attempts.waveLimit, expirations: attempts.expirations, given: now, size: variants.count,
      deadline: now + patience(after: attempts.expirations), isAudit: isAudit, open: Set(variants))
    leases[id] = lease
    keep(.given, trials, of: lease)
    counters.attempts += variants.count
    members[worker]?.leases.append(id)
    members[worker]?.spendCredit()
    emit(
      .send(
        .lease(
          Lease(
            id: id, epoch: epoch, stage: stage, unit: unit, variants: variants, attempt: max(1, attempts.made),
            waveLimit: attempts.waveLimit, inputs: inputs, artifacts: stageArtifacts,
            // A baseline that is computed again is compared here.
            baseline: isAudit && variants.first == 0 ? nil : baseline(of: unit))),
        to: worker))
  }

  /// Notes that a lease holds the trial; its attempts, this one included.
  private mutating func hold(_ trial: TrialID, in lease: LeaseID) -> Attempts? {
    switch self[stage][trial] {
    case .waiting(var attempts):
      if attempts.made > 0 { counters.retries += 1 }
      attempts.made += 1
      self[stage][trial] = .leased(attempts, by: lease, and: nil)
      return attempts
    case .leased(var attempts, let holder, nil):
      attempts.made += 1
      self[stage][trial] = .leased(attempts, by: holder, and: lease)
      return attempts
    default: return nil
    }
  }

  /// The digest of the image's committed baseline.
  private func baseline(of unit: UInt32) -> Digest? {
    guard stage == .sweep, case .committed(let digest) = self[.sweep][TrialID(stage: .sweep, unit: unit)] else {
      return nil
    }
    return digest
  }
}
