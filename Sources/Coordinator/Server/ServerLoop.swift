import Catalog
import Foundation
import Logging
import Protocol

/// What the coordinator's thread does: turns frames into events and directives into frames and commits. It owns the socket,
/// and lives on the thread that made it.
///
/// Outcomes that arrive together are committed together, and acknowledged after that.
final class ServerLoop {
  /// Between two looks at the clock.
  private static let tick = Duration.milliseconds(250)
  /// Between two looks at the run for those who watch; its effects take some computing.
  private static let publication = Duration.seconds(1)
  /// Between two tries to write to a disk that is full.
  static let writeRetry = Duration.seconds(2)
  /// The most frames, and bytes of outcomes, that are taken in before they are committed.
  private static let batchFrames = 1_000
  private static let batchBytes = 64 << 20

  let run: OwnedRun
  let configuration: ServerConfiguration
  let signals: ServerSignals
  let wakeUp: WakeUp
  let logger: Logger
  let afterCommit: () throws -> Void
  let router: RouterSocket
  let experiment: Data
  let begin = SuspendingClock.now
  let wallClock = Date().timeIntervalSince1970
  var state: SweepState
  var peers = Peers()
  var files: RunFiles
  var tally: LiveTally
  /// Of the keyring as it was last read.
  var keysVersion: FileVersion?
  /// What the access file says of keys.
  private(set) var announcedProtection: AccessFile.Protection?
  /// What the next group commit makes durable.
  var writes = PendingWrites()
  /// When to try again to make it so, where the disk could not take it.
  var nextWrite: SuspendingClock.Instant?
  var ending: SweepState.Ending?
  var counts = ServerCounts()
  private var happened: [SweepState.Event] = []
  private var isFeeding = false
  private var nextTick = SuspendingClock.now
  private var nextPublication = Instant.start

  init(
    _ run: OwnedRun, _ configuration: ServerConfiguration, in context: ZeroMQContext, signals: ServerSignals,
    wakeUp: WakeUp, logger: Logger, afterCommit: @escaping () throws -> Void
  ) throws {
    self.run = run
    self.configuration = configuration
    self.signals = signals
    self.wakeUp = wakeUp
    self.logger = logger
    self.afterCommit = afterCommit
    if let predecessor = run.predecessor {
      logger.notice(
        "continuing after a coordinator that did not end in order",
        metadata: ["host": "\(predecessor.host)", "pid": "\(predecessor.pid)", "epoch": "\(predecessor.epoch.number)"])
    }
    if run.store.tornBytes > 0 {
      logger.notice(
        "a crash left unacknowledged outcomes, which are not used", metadata: ["bytes": "\(run.store.tornBytes)"])
    }
    experiment = try run.experiment.canonicalJSON()
    files = try RunFiles(run, reusing: configuration.reuse, adopted: configuration.onAdopted, logger: logger)
    tally = LiveTally(run, logger: logger)
    state = SweepState(
      run.experiment, epoch: run.epoch, build: configuration.build, importedProbes: files.importedProbes,
      policy: configuration.policy, recovered: try run.store.recovered())
    router = try RouterSocket(at: configuration.endpoint, configuration.security, in: context)
  }

  /// The time that the state machine is told.
  var now: Instant { Instant(elapsed: SuspendingClock.now - begin) }

  /// Coordinates until the end.
  func coordinate() throws -> RunResult {
    // A finished run ends here, before anybody is asked to come and work for it.
    try feed(.tick)
    if ending == nil { configuration.onListening(try announce(configuration.protection)) }
    while ending == nil {
      if SuspendingClock.now >= nextTick { try passTime() }
      _ = try waitForInput([.router(router), .wakeUp(wakeUp)], atMost: nextTick - SuspendingClock.now)
      wakeUp.clear()
      if let reason = signals.stopReason.withLock({ $0 }) { try feed(.stop(reason: reason)) }
      try takeIn()
      try flush()
    }
    do { try writes.keepStory(in: run.store) } catch { logger.warning("\(error)") }
    CrashPoint.finished.pass()
    publish()
    switch ending {
    case .finished(0): return .finished
    case .finished(let missing): return .finishedWithMissing(missing)
    case .stopped(let reason): return .stopped(reason: reason)
    case .failed(let reason): throw RunFailure(description: reason)
    case nil: throw RunFailure(description: "the coordinator ended without a reason")
    }
  }

  /// Says in the access file how the coordinator is reached.
  @discardableResult
  func announce(_ protection: AccessFile.Protection) throws -> AccessFile {
    var endpoint = router.endpoint
    if case .tcp(let host, _) = endpoint.kind, host == "*" || host == "0.0.0.0" {
      endpoint = try endpoint.at(host: configuration.advertisedHost)
    }
    let access = AccessFile(endpoint: endpoint, epoch: run.epoch, protection: protection)
    try access.write(to: run.layout.access)
    announcedProtection = protection
    logger.info("listening", metadata: ["endpoint": "\(endpoint)", "epoch": "\(run.epoch.number)"])
    return access
  }

  func passTime() throws {
    nextTick = SuspendingClock.now + Self.tick
    if run.isLost {
      throw StoreError(.fenced, "another coordinator has taken over \(run.layout.root); this one stops")
    }
    try lookAtKeys()
    try feed(.tick)
    try flush()
    peers.keep { state.members[$0] != nil }
    if now >= nextPublication {
      nextPublication = now + Self.publication
      try keep { try writes.keepStory(in: run.store) }
      publish()
    }
  }

  private func publish() {
    let snapshot = snapshot
    counts.note(router, peers)
    signals.counts.withLock { $0 = counts }
    signals.status.withLock { $0 = snapshot }
    signals.figures.renew { tally.figures }
  }

  /// How the run stands.
  var snapshot: StatusSnapshot {
    state.snapshot(of: run.digest, startedAt: wallClock, effects: tally.effects)
  }

  /// Takes in what has arrived, up to what is committed at once.
  private func takeIn() throws {
    for _ in 0..<Self.batchFrames {
      guard writes.outcomeBytes < Self.batchBytes, let arrival = try router.receive() else { return }
      counts.frames += 1
      counts.bytes += arrival.frame.count
      try hear(arrival)
    }
  }

  /// Tells the state machine, and does what it says. What happens on the way is told after that, one thing after another: a
  /// worker that takes no messages must not pile up calls.
  func feed(_ event: SweepState.Event) throws {
    happened.append(event)
    guard !isFeeding else { return }
    isFeeding = true
    defer { isFeeding = false }
    while !happened.isEmpty {
      for directive in state.handle(happened.removeFirst(), at: now) { try perform(directive) }
    }
  }
}
