import Catalog
import Foundation
import Protocol

/// What a link knows and decides, without socket, thread or clock. Of the disk it knows the spool.
struct LinkState: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// What the link's thread is to do.
  enum Directive: Hashable, Sendable {
    /// Drop the connection, if any, and make a new one.
    case connect
    /// Send a frame.
    case send(Data)
  }

  private enum Phase {
    /// Waiting for the answer to `hello`; the next one goes out at `next`, over a new connection if so said.
    case greeting(next: Instant, anew: Bool)
    case attached(ToWorker.Welcome, nextHeartbeat: Instant)
  }

  let timing: LinkTiming
  private let address: String
  private var hello: ToCoordinator.Hello
  private let walltime: Walltime?
  /// What the last hello said that the worker was computing.
  private(set) var claimed: Set<TrialID> = []
  private let heartbeat: Data
  private var phase: Phase
  private var backoff: Backoff
  private var lastHeard: Instant
  private var outbox: [Data] = []
  /// What is for the computing thread, oldest first.
  private(set) var inbox: [ToWorker] = []
  private(set) var pending = PendingOutcomes()
  /// Where outcomes go that are not acknowledged for long; nil until the run is known, and where there is none.
  private var spool: Spool?
  private var downloads: [Digest: Download] = [:]
  /// Why the last attempt to connect failed, if that is known.
  var obstacle: String?
  /// Why the link has ended.
  private(set) var failure: LinkError?
  private(set) var counts = LinkCounts()

  init(
    address: String, hello: ToCoordinator.Hello, walltime: Walltime? = nil, timing: LinkTiming, now: Instant
  ) throws(WireError) {
    self.address = address
    self.timing = timing
    self.hello = hello
    self.walltime = walltime
    _ = try ToCoordinator.hello(hello).encoded()
    heartbeat = try ToCoordinator.heartbeat.encoded()
    phase = .greeting(next: now, anew: true)
    backoff = Backoff(timing.hello)
    lastHeard = now
  }

  var isAttached: Bool {
    if case .attached = phase { true } else { false }
  }

  // MARK: From the computing thread

  /// Queues a message; false if the coordinator is away.
  mutating func send(_ frame: Data) -> Bool {
    guard isAttached else { return false }
    outbox.append(frame)
    return true
  }

  mutating func hold(_ trials: [TrialID]) { hello.holds = trials }

  func hasRoom(for frame: Data) -> Bool {
    pending.isEmpty || pending.bytes + frame.count <= timing.unacknowledgedBytes
  }

  /// Moves what is in memory to the disk; whether all of it is there.
  mutating func spill() -> Bool {
    if let spool { pending.spill(into: spool) }
    return pending.isSpooled
  }

  /// The run is known, and with it where its outcomes may wait; and what others have left there.
  mutating func use(_ spool: Spool, with leftovers: [(frame: SpooledFrame, trials: [TrialID])]) {
    self.spool = spool
    for (frame, trials) in leftovers { pending.add(.spooled(frame), of: trials, resendAfter: timing.resend) }
  }

  mutating func submit(_ frame: Data, of trials: [TrialID]) {
    pending.add(.memory(frame), of: trials, resendAfter: timing.resend)
  }

  mutating func nextMessage() -> ToWorker? { inbox.isEmpty ? nil : inbox.removeFirst() }

  mutating func startDownload(_ digest: Digest, at now: Instant) {
    downloads[digest] = Download(at: now, patience: timing.resend)
  }

  func finishedDownload(_ digest: Digest) -> Data? {
    downloads[digest].flatMap { $0.isComplete ? $0.data : nil }
  }

  mutating func endDownload(_ digest: Digest) { downloads[digest] = nil }

  /// The coordinator listens elsewhere, or with other keys.
  mutating func connectAnew(at now: Instant) {
    backoff.reset()
    phase = .greeting(next: now, anew: true)
  }

  /// The coordinator has withdrawn its access file; it may be that its farewell did not arrive. Before the first welcome
  /// there is nothing to leave: the run may only be about to begin.
  mutating func coordinatorHasLeft() {
    if counts.welcomes > 0 { inbox.append(.drain(reason: "the coordinator has left the run")) }
  }

  mutating func fail(_ error: LinkError) { failure = failure ?? error }

  // MARK: From the coordinator

  mutating func receive(_ message: ToWorker, at now: Instant) {
    lastHeard = now
    obstacle = nil
    switch message {
    case .welcome(let welcome): attach(welcome, at: now)
    case .refused(let reason): fail(LinkError(.refused, "the coordinator refuses this worker: \(reason)"))
    case .unknownWorker:
      // While greeting it answers what was sent before; the hello is on its way.
      if isAttached { phase = .greeting(next: now, anew: false) }
    case .acknowledged(let trials): pending.acknowledge(trials)
    case .artifact(let piece): downloads[piece.digest]?.add(piece, at: now)
    case .heartbeat, .status: break
    case .lease(let lease):
      guard case .attached(let welcome, _) = phase, welcome.epoch == lease.epoch else {
        counts.stale += 1
        return
      }
      inbox.append(message)
    case .takeBack, .drain: inbox.append(message)
    }
  }

  /// Bytes arrived that are no message.
  mutating func receive(_ error: WireError) {
    counts.damaged += 1
    if case .version = error.code { fail(LinkError(.version, error.description)) }
  }

  private mutating func attach(_ welcome: ToWorker.Welcome, at now: Instant) {
    if case .attached(let current, _) = phase, current == welcome { return }
    phase = .attached(welcome, nextHeartbeat: now)
    backoff.reset()
    counts.welcomes += 1
    // What was queued for an earlier session means nothing in this one.
    outbox.removeAll()
    inbox.removeAll { if case .lease(let lease) = $0 { lease.epoch != welcome.epoch } else { false } }
    inbox.append(.welcome(welcome))
    pending.makeDue(at: now)
    for digest in downloads.keys { downloads[digest]?.makeDue(at: now) }
  }

  // MARK: To the coordinator

  /// What is to be done by `now`, and when to ask again unless something happens before.
  mutating func directives(at now: Instant) throws(WireError) -> (directives: [Directive], next: Instant) {
    if now >= lastHeard + timing.giveUp {
      let reason = obstacle.map { " (\($0))" } ?? ""
      fail(
        LinkError(
          .lost,
          "no word from the coordinator at \(address) for \(timing.giveUp.forPeople)\(reason); see whether it runs, and"
            + " that this host can reach it"))
    }
    if case .attached = phase, now >= lastHeard + timing.silence { phase = .greeting(next: now, anew: true) }
    switch phase {
    case .greeting(let next, let anew):
      guard next <= now else { return ([], min(next, lastHeard + timing.giveUp)) }
      if now >= lastHeard + timing.silence { _ = spill() }
      let retry = now + backoff.next()
      phase = .greeting(next: retry, anew: true)
      hello.secondsLeft = walltime.map { UInt32(clamping: max(1, Int($0.left(at: now) / .seconds(1)))) }
      claimed = Set(hello.holds)
      let frame = try ToCoordinator.hello(hello).encoded()
      return (anew ? [.connect, .send(frame)] : [.send(frame)], min(retry, lastHeard + timing.giveUp))
    case .attached(let welcome, var nextHeartbeat):
      var frames = outbox
      outbox.removeAll()
      if nextHeartbeat <= now {
        frames.insert(heartbeat, at: 0)
        // Twice as often as the coordinator wants to hear from us, so that one late beat is no silence.
        nextHeartbeat = now + .milliseconds(Int(welcome.heartbeatMilliseconds) / 2)
        phase = .attached(welcome, nextHeartbeat: nextHeartbeat)
      }
      for digest in downloads.keys {
        if let request = downloads[digest]?.request(digest, at: now) { frames.append(try request.encoded()) }
      }
      frames += pending.take(at: now, inFlight: timing.inFlightBytes)
      counts.resent = pending.resent
      let deadlines = [nextHeartbeat, lastHeard + timing.silence, pending.nextDue].compactMap { $0 }
      return (frames.map { .send($0) }, deadlines.min() ?? nextHeartbeat)
    }
  }
}

/// What a link has seen.
public struct LinkCounts: Hashable, Sendable {
  /// Frames that were no message; they are dropped.
  public internal(set) var damaged = 0
  /// Leases of another epoch; they are dropped.
  public internal(set) var stale = 0
  /// Frames of outcomes that were sent again.
  public internal(set) var resent = 0
  /// How often the coordinator welcomed this worker.
  public internal(set) var welcomes = 0
}
