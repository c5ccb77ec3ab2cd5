import Protocol

/// What happens when nothing happens.
extension SweepState {
  /// If the coordinator itself stood still (a suspended host, a full disk), nobody else is to blame for the silence.
  mutating func forgiveStandstill(until later: Instant) {
    let gap = later - now
    now = max(now, later)
    guard gap > policy.silence / 3 else { return }
    for worker in members.keys { members[worker]?.lastHeard = now }
    for (id, lease) in leases { leases[id]?.deadline = lease.deadline + gap }
  }

  /// Notices silent workers and leases without progress, and occupies idle workers.
  mutating func passTime() {
    for worker in members.filter({ now - $0.value.lastHeard > policy.heartbeat * 2 }).map(\.key).sorted() {
      guard let member = members[worker] else { continue }
      let quiet = now - member.lastHeard
      if quiet > policy.silence {
        lose(worker)
      } else {
        // The answer may be that the connection is closed.
        emit(.send(.heartbeat, to: worker))
      }
    }
    for id in leases.values.filter({ $0.deadline <= now }).map(\.id).sorted() {
      if let lease = leases[id], lease.deadline <= now { expire(lease) }
    }
    restoreCredits()
    assignWaiting()
    assignTail()
    assignAudits()
  }

  /// A worker that holds nothing and wants work, but whose credit was lost on the way, would wait for ever.
  private mutating func restoreCredits() {
    for (worker, member) in members
    where member.isReady && member.credits == 0 && !member.declines && member.leases.isEmpty
      && now - member.idleSince > policy.silence
    {
      members[worker]?.credits = 1
    }
  }

  /// The worker's connection is closed: it has died, or will be back in a moment.
  mutating func noticeDisconnection(of worker: WorkerID) {
    guard let member = members[worker], now - member.lastHeard >= policy.disconnection else { return }
    lose(worker)
  }
}
