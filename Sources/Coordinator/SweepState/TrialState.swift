import Catalog
import Protocol

/// Where a trial stands.
enum TrialState: Hashable, Sendable {
  /// In the queue.
  case waiting(Attempts)
  /// Held by a worker, or by two where the second was given a duplicate.
  case leased(Attempts, by: LeaseID, and: LeaseID?)
  /// An outcome is on its way to the disk.
  case committing(Digest)
  /// The outcome with this payload digest is durable.
  case committed(Digest)
  /// Given up for this start of the coordinator, with the reason.
  case quarantined(String)
}

/// What happened to a trial before.
struct Attempts: Hashable, Sendable {
  /// How many leases it was in.
  var made: UInt32 = 0
  /// At most how many trials its next lease may hold; less than all once it was blamed.
  var waveLimit: UInt32 = .max
  /// How often a lease of it had no progress for too long.
  var expirations: UInt32 = 0

  /// Whether it was among the trials blamed for a crash or failure.
  var isBlamed: Bool { waveLimit != .max }
}

/// A lease that has unfinished trials.
struct OpenLease: Hashable, Sendable {
  let id: LeaseID
  let worker: WorkerID
  let host: String
  let stage: Stage
  let unit: UInt32
  let attempt: UInt32
  let waveLimit: UInt32
  /// The most that any of its trials has expired before.
  let expirations: UInt32
  let given: Instant
  /// How many trials it was given with.
  let size: Int
  /// When it returns to the queue, unless progress is made.
  var deadline: Instant
  /// Whether its trials are committed, and computed again.
  let isAudit: Bool
  /// The variants not yet committed, failed, handed or taken back.
  var open: Set<UInt32>

  func trial(_ variant: UInt32) -> TrialID { TrialID(stage: stage, unit: unit, variant: variant) }
  /// The unfinished trials, ascending.
  var trials: [TrialID] { open.sorted().map(trial) }
}

/// What speaks against a trial that failed alone.
struct Evidence: Hashable, Sendable {
  /// How often a worker vanished with it.
  var crashes = 0
  /// Whether a worker said itself that it can't be computed.
  var isStated = false
  var hosts: Set<String> = []
}

/// A host that was blamed.
struct Bench: Hashable, Sendable {
  var until: Instant
  var times: Int
  var message: String
}

/// A worker that said hello and was not refused.
struct Member: Hashable, Sendable {
  let hello: ToCoordinator.Hello
  let joined: Instant
  var lastHeard: Instant
  /// When its walltime ends; nil where no end is known.
  let leavesAt: Instant?
  /// Whether it has loaded the model.
  var isReady = false
  /// The most leases that it holds at once.
  var capacity: UInt32 = 0
  /// How many more leases it said it can take.
  var credits: UInt32 = 0
  /// Whether it said that it wants none.
  var declines = false
  /// The leases it holds, in the order in which they were given, which is the order in which it walks them.
  var leases: [LeaseID] = []
  /// Since when it has held no lease.
  var idleSince: Instant
  var committed = 0

  init(hello: ToCoordinator.Hello, at now: Instant) {
    self.hello = hello
    (joined, lastHeard, idleSince) = (now, now, now)
    leavesAt = hello.secondsLeft.map { now + .seconds(Int64($0)) }
  }

  /// It was given a lease; one that it held before it was ready costs none.
  mutating func spendCredit() { credits -= min(1, credits) }

  /// How many leases it can be given now. A credit sent before the last lease arrived must not count twice.
  var free: UInt32 { isReady && leases.count < Int(capacity) ? min(credits, capacity - UInt32(leases.count)) : 0 }
}
