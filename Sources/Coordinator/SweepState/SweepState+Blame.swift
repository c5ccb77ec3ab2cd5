import Catalog
import Protocol

/// Who is to blame for trials without a result, and what follows.
extension SweepState {
  /// A worker says that it could not compute trials of a lease.
  mutating func fail(_ failure: ToCoordinator.Failure, from worker: WorkerID) {
    guard let lease = leases[failure.lease], lease.worker == worker else { return counters.fenced += 1 }
    let trials = Set(failure.trials).filter(lease.holds).sorted()
    guard !trials.isEmpty else { return }
    emit(.note(.failure(host: lease.host, trials: trials.count, message: failure.message)))
    remember(failure.message, of: trials, on: lease.host)
    keep(.failed, trials, of: lease, reason: failure.message)
    switch failure.blame {
    case .host:
      bench(lease.host, failure.message)
      for trial in trials { requeue(trial, from: lease.id) }
    case .trials:
      blame(trials, of: lease, together: Set(failure.trials).count, isStated: true, message: failure.message)
    }
  }

  /// A worker vanished: the lease it was walking is blamed, those it had not begun are not.
  mutating func lose(_ worker: WorkerID) {
    guard let member = members[worker] else { return }
    let host = member.hello.host
    let held = member.leases.compactMap { leases[$0] }
    emit(.note(.lost(worker, host: host, trials: held.reduce(0) { $0 + $1.open.count })))
    if let lease = held.first {
      let message = "the worker on \(host) (process \(member.hello.pid)) vanished while computing it"
      keep(.vanished, lease.trials, of: lease, reason: message)
      blame(lease.trials, of: lease, together: lease.size, isStated: false, message: message)
    }
    remove(worker)
  }

  /// A lease had no progress for too long.
  mutating func expire(_ lease: OpenLease) {
    emit(.note(.expired(lease.id, host: lease.host, trials: lease.open.count)))
    emit(.send(.takeBack(lease.id, lease.trials), to: lease.worker))
    for trial in lease.trials { countExpiration(of: trial) }
    let seconds = Int(patience(after: lease.expirations).seconds)
    let message = "the worker on \(lease.host) made no progress with it for \(seconds) s"
    keep(.expired, lease.trials, of: lease, reason: message)
    blame(lease.trials, of: lease, together: lease.size, isStated: false, message: message)
  }

  private mutating func countExpiration(of trial: TrialID) {
    guard case .leased(var attempts, let first, let second) = self[trial.stage][trial] else { return }
    attempts.expirations += 1
    self[trial.stage][trial] = .leased(attempts, by: first, and: second)
  }

  /// Several trials that failed together are tried again in leases of half the size; one that failed alone is suspect.
  /// `together` counts those that have left the lease since: they may have been the culprits.
  private mutating func blame(
    _ trials: [TrialID], of lease: OpenLease, together: Int, isStated: Bool, message: String
  ) {
    if !isStated {
      counters.lost += trials.count
      remember(message, of: trials, on: lease.host)
    }
    if lease.isAudit {
      for trial in trials { requeue(trial, from: lease.id) }
    } else if together == 1, let trial = trials.first {
      suspect(trial, of: lease, isStated: isStated, message: message)
    } else {
      let half = UInt32((min(together, Int(lease.waveLimit)) + 1) / 2)
      for trial in trials { requeue(trial, from: lease.id, waveLimit: half) }
    }
  }

  /// A trial that failed alone is quarantined if that happened on two hosts, or there is no other one to try. A worker
  /// that merely vanished may have been killed, so that has to happen several times.
  private mutating func suspect(_ trial: TrialID, of lease: OpenLease, isStated: Bool, message: String) {
    var found = evidence[trial, default: Evidence()]
    found.hosts.insert(lease.host)
    if isStated { found.isStated = true } else { found.crashes += 1 }
    evidence[trial] = found
    requeue(trial, from: lease.id, waveLimit: 1)
    guard case .waiting = self[trial.stage][trial] else { return }
    let isProven = found.isStated || found.crashes >= policy.crashes
    let hasOtherHost = found.hosts.count < 2 && !usableHosts.subtracting(found.hosts).isEmpty
    guard isProven, !hasOtherHost else { return }
    let count = found.isStated ? "" : ", \(found.crashes) times"
    quarantine(trial, error: "\(message)\(count)")
  }

  /// The hosts with a worker that could be given a lease, now or soon.
  var usableHosts: Set<String> {
    Set(members.values.filter { $0.isReady && !$0.declines && !isBenched($0.hello.host) }.map(\.hello.host))
  }

  /// Gives a waiting trial up, and with a baseline the unfinished variants of its image.
  mutating func quarantine(_ trial: TrialID, error: String) {
    giveUp(trial, error: error)
    emit(.note(.quarantined(trial, error: error)))
    guard trial.stage == .sweep, trial.variant == 0 else {
      return remember(error, of: [trial], on: nil, isFinal: true)
    }
    let waiting = self[.sweep].waitingTrials(of: trial.unit).map(\.trial)
    for variant in waiting { giveUp(variant, error: Self.withoutBaseline(error)) }
    let held = leases.values.filter { $0.stage == .sweep && $0.unit == trial.unit }.sorted { $0.id < $1.id }
    remember(error, of: [trial] + waiting + Set(held.flatMap(\.trials)), on: nil, isFinal: true)
    for lease in held {
      emit(.send(.takeBack(lease.id, lease.trials), to: lease.worker))
      returnUntouched(lease.id)
    }
  }

  /// A trial is without a result for good.
  mutating func giveUp(_ trial: TrialID, error: String) {
    evidence[trial] = nil
    self[trial.stage][trial] = .quarantined(error)
    emit(.quarantine(trial, error: error))
  }

  /// The host gets no lease for a while; what fails during that time was given before.
  mutating func bench(_ host: String, _ message: String) {
    guard !isBenched(host) else { return }
    let times = (benches[host]?.times ?? 0) + 1
    let duration = min(policy.longestBench, policy.bench * (1 << min(10, times - 1)))
    benches[host] = Bench(until: now + duration, times: times, message: message)
    emit(.note(.benched(host: host, duration, message: message)))
  }

  static func withoutBaseline(_ error: String) -> String { "the image's baseline is missing: \(error)" }

  func isBenched(_ host: String) -> Bool { benches[host].map { $0.until > now } ?? false }

  /// Keeps a failure for the status. What befalls further trials of the same unit for the same reason is the same failure, so
  /// that one bad image does not push all others out.
  private mutating func remember(_ message: String, of trials: [TrialID], on host: String?, isFinal: Bool = false) {
    let former = failures.firstIndex {
      $0.message == message && $0.host == host && $0.isFinal == isFinal && $0.trial?.stage == trials.first?.stage
        && $0.trial?.unit == trials.first?.unit
    }.map { failures.remove(at: $0) }
    failures.insert(
      RecentFailure(
        at: now, host: host, trial: [former?.trial, trials.first].compactMap(\.self).min(),
        trials: trials.count + (isFinal ? former?.trials ?? 0 : 0), isFinal: isFinal, message: message), at: 0)
    if failures.count > StatusSnapshot.recentFailures { failures.removeLast() }
  }
}

/// Something that went wrong.
struct RecentFailure: Hashable, Sendable {
  let at: Instant
  let host: String?
  let trial: TrialID?
  let trials: Int
  /// Whether the trial was given up.
  let isFinal: Bool
  let message: String
}
