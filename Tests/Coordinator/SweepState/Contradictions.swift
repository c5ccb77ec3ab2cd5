import Catalog
import Protocol

@testable import Coordinator

extension SweepState {
  /// What in the state contradicts itself; nothing, if all is well.
  var contradictions: [String] {
    var found: [String] = []
    for table in tables {
      var counts = (waiting: 0, leased: 0, committing: 0, committed: 0, quarantined: 0)
      for unit in 0..<table.units {
        for trial in table.trials(of: UInt32(unit)) {
          switch table[trial] {
          case .waiting: counts.waiting += 1
          case .leased(_, let first, let second):
            counts.leased += 1
            if first == second { found.append("\(trial) is held twice by one lease") }
            for lease in [first, second].compactMap({ $0 }) where leases[lease]?.holds(trial) != true {
              found.append("\(trial) is held by lease \(lease.number), which doesn't have it")
            }
          case .committing: counts.committing += 1
          case .committed: counts.committed += 1
          case .quarantined: counts.quarantined += 1
          }
        }
      }
      if counts != (table.waiting, table.leased, table.committing, table.committed, table.quarantined) {
        found.append("the counts of \(table.stage) are wrong")
      }
      if table.stage > stage, counts.waiting != table.count { found.append("\(table.stage) was begun too early") }
    }
    for lease in leases.values {
      if lease.open.isEmpty { found.append("lease \(lease.id.number) has no open trial") }
      for trial in lease.trials
      where lease.isAudit ? audits.lease(of: trial) != lease.id : !self[lease.stage][trial].holders.contains(lease.id) {
        found.append("lease \(lease.id.number) has \(trial), which it doesn't hold")
      }
      if members[lease.worker]?.leases.contains(lease.id) != true {
        found.append("lease \(lease.id.number) belongs to nobody")
      }
    }
    for (worker, member) in members {
      for lease in member.leases where leases[lease]?.worker != worker {
        found.append("worker \(worker.number) has lease \(lease.number), which isn't its own")
      }
      if member.leases.count > Int(max(1, member.capacity)) {
        found.append("worker \(worker.number) has too many leases")
      }
    }
    return found
  }
}

extension SweepState.Event {
  /// The same from the worker with this number.
  func from(_ worker: WorkerID) -> SweepState.Event {
    switch self {
    case .hello(let hello, _): .hello(hello, from: worker)
    case .ready(let ready, _): .ready(ready, from: worker)
    case .credits(let credits, _): .credits(credits, from: worker)
    case .heartbeat: .heartbeat(from: worker)
    case .progress(let lease, _): .progress(lease, from: worker)
    case .outcomes(let outcomes, _): .outcomes(outcomes, from: worker)
    case .failed(let failure, _): .failed(failure, from: worker)
    case .handBack(let lease, let trials, _): .handBack(lease, trials, from: worker)
    case .goodbye: .goodbye(from: worker)
    default: self
    }
  }

  /// For the schedule that a failing seed prints.
  var brief: String {
    switch self {
    case .outcomes(let outcomes, let worker):
      "outcomes of \(outcomes.map(\.trial.description).joined(separator: " ")) from \(worker.number)"
    case .hello(let hello, let worker): "hello of process \(hello.pid) on \(hello.host) as \(worker.number)"
    default: "\(self)"
    }
  }
}

extension ToWorker {
  /// For the schedule that a failing seed prints.
  var brief: String {
    switch self {
    case .lease(let lease):
      "lease \(lease.id.number): \(lease.stage)/\(lease.unit) \(lease.variants), attempt \(lease.attempt), at most \(lease.waveLimit)"
    case .welcome: "welcome"
    default: "\(self)"
    }
  }
}
