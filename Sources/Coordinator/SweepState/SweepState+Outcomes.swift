import Catalog
import Protocol

extension SweepState {
  /// Takes results in: the first valid one of each trial is committed, others are compared with it.
  mutating func receive(_ outcomes: [EncodedOutcome], from worker: WorkerID) {
    var commits: [EncodedOutcome] = []
    var acknowledged: [TrialID] = []
    var foreign: [EncodedOutcome] = []
    for outcome in outcomes {
      let trial = outcome.trial
      guard self[trial.stage].contains(trial), inputs[trial.stage] == outcome.inputs else {
        foreign.append(outcome)
        continue
      }
      switch self[trial.stage][trial] {
      case .waiting, .leased:
        commits.append(outcome)
        begin(outcome, from: worker)
      case .quarantined:
        // What a later stage was built on stays as it was.
        if trial.stage == stage {
          commits.append(outcome)
          begin(outcome, from: worker)
        } else {
          counters.late += 1
          acknowledged.append(trial)
        }
      case .committing(let digest):
        compare(outcome, with: digest, from: worker)
        awaiting[trial, default: []].append(worker)
      case .committed(let digest):
        compare(outcome, with: digest, from: worker)
        settleAudit(with: outcome)
        acknowledged.append(trial)
      }
    }
    if !commits.isEmpty { emit(.commit(commits, from: worker)) }
    acknowledge(acknowledged, to: worker)
    drop(foreign, from: worker)
  }

  /// The first valid outcome of a trial: whoever holds the trial is rid of it.
  private mutating func begin(_ outcome: EncodedOutcome, from worker: WorkerID) {
    let trial = outcome.trial
    let lease = outcome.epoch == epoch ? leases[outcome.lease] : nil
    let isCurrent = lease?.worker == worker && lease?.holds(trial) == true
    if !isCurrent { counters.late += 1 }
    let holders = self[trial.stage][trial].holders
    self[trial.stage][trial] = .committing(outcome.digest)
    awaiting[trial, default: []].append(worker)
    artifacts[trial] = outcome.artifact
    members[worker]?.committed += 1
    if let host = members[worker]?.hello.host, !isBenched(host) { benches[host] = nil }
    for lease in holders {
      if let holder = leases[lease]?.worker, holder != worker { emit(.send(.takeBack(lease, [trial]), to: holder)) }
      renew(lease)
      close(trial, in: lease)
    }
  }

  private mutating func compare(_ outcome: EncodedOutcome, with committed: Digest, from worker: WorkerID) {
    counters.duplicates += 1
    guard outcome.digest != committed else { return }
    counters.nondeterminism += 1
    emit(.recordDifference(outcome.trial, committed: committed, other: outcome.digest, from: worker))
    emit(.note(.nondeterminism(outcome.trial)))
  }

  /// Outcomes that don't belong to this run are dropped, and acknowledged so that they don't come again. Where a lease
  /// of this run asked for them, the sender is not to be trusted with more for a while.
  private mutating func drop(_ outcomes: [EncodedOutcome], from worker: WorkerID) {
    guard !outcomes.isEmpty else { return }
    counters.invalid += outcomes.count
    emit(.note(.foreignOutcomes(outcomes.count, from: worker)))
    acknowledge(outcomes.map(\.trial), to: worker)
    for outcome in outcomes where outcome.epoch == epoch {
      guard let lease = leases[outcome.lease], lease.worker == worker, lease.holds(outcome.trial) else { continue }
      bench(lease.host, "a worker on \(lease.host) sent outcomes with other inputs than its lease's")
      requeue(outcome.trial, from: lease.id)
    }
  }

  /// The outcomes of these trials are durable: now their senders may forget them.
  mutating func settle(_ trials: [TrialID]) {
    var acknowledged: [WorkerID: [TrialID]] = [:]
    for trial in trials {
      guard case .committing(let digest) = self[trial.stage][trial] else { continue }
      self[trial.stage][trial] = .committed(digest)
      evidence[trial] = nil
      counters.committed += 1
      let senders = awaiting.removeValue(forKey: trial) ?? []
      audits.add(trial, by: senders.first)
      for worker in senders { acknowledged[worker, default: []].append(trial) }
    }
    for (worker, trials) in acknowledged.sorted(by: { $0.key < $1.key }) { acknowledge(trials, to: worker) }
  }

  private mutating func acknowledge(_ trials: [TrialID], to worker: WorkerID) {
    guard !trials.isEmpty else { return }
    emit(.send(.acknowledged(Array(Set(trials)).sorted()), to: worker))
  }
}

extension TrialState {
  /// The leases that hold the trial.
  var holders: [LeaseID] {
    guard case .leased(_, let lease, let other) = self else { return [] }
    return [lease] + (other.map { [$0] } ?? [])
  }
}
