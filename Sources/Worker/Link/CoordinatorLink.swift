import Catalog
import Foundation
import Logging
import Protocol

/// A worker's connection with its coordinator, kept by a thread of its own: it says `hello`, sends heartbeats however
/// busy the computing threads are, connects anew when the coordinator has gone silent, and keeps outcomes until they are
/// acknowledged, sending them again after a silence and after each welcome.
///
/// All functions may be called from any thread and block it; none belongs on Swift's cooperative pool.
public final class CoordinatorLink: Sendable {
  private let shared: Monitor<LinkState>
  private let wakeUp: WakeUp
  private let thread: DedicatedThread

  /// Starts to connect. The coordinator need not be there yet: the first message to arrive is its welcome, and one comes
  /// again after each reconnection. Throws where `hello` can't be sent.
  public init(
    to address: CoordinatorAddress, hello: ToCoordinator.Hello, walltime: Walltime? = nil, timing: LinkTiming,
    logger: Logger
  ) throws {
    let shared = Monitor(
      try LinkState(address: address.description, hello: hello, walltime: walltime, timing: timing, now: .now))
    let wakeUp = try WakeUp()
    self.shared = shared
    self.wakeUp = wakeUp
    let loop = LinkLoop(shared: shared, wakeUp: wakeUp, address: address, logger: logger)
    thread = DedicatedThread(name: "coordinator") { loop.run() }
  }

  deinit { end(LinkError(.closed, "the link was closed")) }

  /// The next message for the computing thread, or nil after `timeout`: a welcome, a lease, trials to take back, or the
  /// wish to drain. All else the link deals with itself. Throws ``LinkError`` once the link has ended.
  public func receive(timeout: Duration) throws(LinkError) -> ToWorker? {
    try shared.wait(until: .now + timeout) { state throws(LinkError) in
      if let message = state.nextMessage() { return message }
      if let failure = state.failure { throw failure }
      return nil
    }
  }

  /// Sends a message other than outcomes. False if the coordinator is away: then it is dropped, for a new welcome will
  /// come first, and what belonged to the earlier session is void. Throws ``LinkError`` once the link has ended, and
  /// ``WireError`` for what no coordinator would accept.
  @discardableResult
  public func send(_ message: ToCoordinator) throws -> Bool {
    let frame = try message.encoded()
    let isQueued = try shared.withLock { state throws(LinkError) in
      if let failure = state.failure { throw failure }
      return state.send(frame)
    }
    wakeUp.signal()
    return isQueued
  }

  /// What the worker is computing: the next hello says so, in case that the coordinator has forgotten.
  public func hold(_ trials: [TrialID]) { shared.withLock { $0.hold(trials) } }

  /// What the last hello said that the worker was computing, and may be leased to it again.
  var claimed: Set<TrialID> { shared.withLock { $0.claimed } }

  /// Hands outcomes over to be sent, and sent again, until they are acknowledged. Waits while too many are not. Throws
  /// ``LinkError`` once the link has ended, and ``WireError`` for what no coordinator would accept.
  public func submit(_ outcomes: [Outcome]) throws {
    for batch in try OutcomeBatch.batches(of: outcomes) {
      var isTaken = false
      while !isTaken {
        isTaken =
          try shared.wait(until: .now + .seconds(3_600)) { state throws(LinkError) in
            if let failure = state.failure { throw failure }
            if !state.hasRoom(for: batch.frame) { _ = state.spill() }
            guard state.hasRoom(for: batch.frame) else { return nil }
            state.submit(batch.frame, of: batch.trials)
            return true
          } ?? false
      }
      wakeUp.signal()
    }
  }

  /// Lets outcomes wait in `spool` where they are not acknowledged for long, and sends what is left there from others.
  public func use(_ spool: Spool) {
    let leftovers = spool.leftovers()
    shared.withLock { $0.use(spool, with: leftovers) }
    wakeUp.signal()
  }

  /// Leaves everything that is not acknowledged in the spool; false where it can't take it.
  public func spill() -> Bool { shared.withLock { $0.spill() } }

  /// Waits until all outcomes are acknowledged; false if `timeout` passes first. Throws ``LinkError`` once the link has
  /// ended with some left.
  public func flush(timeout: Duration) throws(LinkError) -> Bool {
    try shared.wait(until: .now + timeout) { state throws(LinkError) in
      if state.pending.isEmpty { return true }
      if let failure = state.failure { throw failure }
      return nil
    } ?? false
  }

  /// The artifact with that digest, which is verified. Throws ``LinkError`` after `timeout`, and once the link has ended.
  public func fetch(_ digest: Digest, timeout: Duration) throws(LinkError) -> Data {
    shared.withLock { $0.startDownload(digest, at: .now) }
    defer { shared.withLock { $0.endDownload(digest) } }
    wakeUp.signal()
    let artifact = try shared.wait(until: .now + timeout) { state throws(LinkError) in
      if let failure = state.failure { throw failure }
      return state.finishedDownload(digest)
    }
    guard let artifact else {
      throw LinkError(
        .artifact,
        "the artifact \(digest.short) did not come from the coordinator within \(timeout.forPeople)")
    }
    guard Digest(of: artifact) == digest else {
      throw LinkError(.artifact, "what the coordinator sent as artifact \(digest.short) has another digest")
    }
    return artifact
  }

  /// Says goodbye, which takes at most a second or two, and ends the link: everything that waits on it throws.
  /// Unacknowledged outcomes are lost, so ``flush(timeout:)`` or ``spill()`` comes first.
  public func close(reason: String) {
    _ = try? send(.goodbye(reason: reason))
    end(LinkError(.closed, "the link was closed: \(reason)"))
    thread.join(atMost: .seconds(5))
  }

  /// What the link has seen so far.
  public var counts: LinkCounts { shared.withLock { $0.counts } }

  private func end(_ error: LinkError) {
    shared.withLock { $0.fail(error) }
    wakeUp.signal()
  }
}
