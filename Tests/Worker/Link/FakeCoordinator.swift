import Catalog
import Foundation
import Protocol

@testable import Worker

/// A coordinator's socket in the hands of a test, which decides what is answered.
final class FakeCoordinator {
  let context: ZeroMQContext
  let router: RouterSocket
  let epoch: Epoch
  /// Whether heartbeats are answered.
  var isAlive = true
  private var welcomed: Set<PeerID> = []

  init(at endpoint: Endpoint, epoch: UInt64 = 1) throws {
    context = try ZeroMQContext()
    router = try RouterSocket(at: endpoint, .fileSystem, in: context)
    self.epoch = Epoch(epoch)
  }

  /// The next message that is no heartbeat, of a worker that was welcomed; nil after `limit`.
  func receive(within limit: Duration = .seconds(5)) throws -> (ToCoordinator, PeerID)? {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
      guard let arrival = try router.receive() else {
        _ = try waitForInput([.router(router)], atMost: deadline - .now)
        continue
      }
      let message = try ToCoordinator(frame: arrival.frame)
      if case .hello = message { return (message, arrival.peer) }
      if !welcomed.contains(arrival.peer) {
        try send(.unknownWorker, to: arrival.peer)
      } else if message != .heartbeat {
        return (message, arrival.peer)
      } else if isAlive {
        try send(.heartbeat, to: arrival.peer)
      }
    }
    return nil
  }

  /// The next message that `select` takes; others are passed over.
  func receive<Value>(
    within limit: Duration = .seconds(5), _ select: (ToCoordinator) -> Value?
  ) throws -> (Value, PeerID)? {
    let deadline = ContinuousClock.now + limit
    while let (message, peer) = try receive(within: deadline - .now) {
      if let value = select(message) { return (value, peer) }
    }
    return nil
  }

  func send(_ message: ToWorker, to peer: PeerID) throws { _ = try router.send(message.encoded(), to: peer) }

  /// Answers the next hello; the worker that said it.
  func welcome(heartbeat: UInt32 = 100) throws -> PeerID? {
    guard let (_, peer) = try receive({ if case .hello(let hello) = $0 { hello } else { nil } }) else { return nil }
    welcomed.insert(peer)
    let welcome = ToWorker.Welcome(
      worker: WorkerID(UInt64(welcomed.count)), epoch: epoch, experiment: Data("{}".utf8), runDirectory: "/run",
      heartbeatMilliseconds: heartbeat)
    try send(.welcome(welcome), to: peer)
    return peer
  }
}

/// Small valid messages.
enum Sample {
  static let hello = ToCoordinator.Hello(build: "1", host: "h", pid: 1, kernel: "k", threads: 1, memory: 1)
  static let digest = Digest(of: Data("sample".utf8))

  static func outcome(_ unit: UInt32) -> Outcome {
    Outcome(
      trial: TrialID(stage: .extract, unit: unit), lease: LeaseID(1), epoch: Epoch(1), attempt: 1, inputs: digest,
      payload: .features(.init(digest: digest, bytes: 1, tokens: 1)), seconds: 1)
  }

  static func lease(epoch: UInt64) -> Lease {
    Lease(
      id: LeaseID(3), epoch: Epoch(epoch), stage: .extract, unit: 4, variants: [0], attempt: 1, waveLimit: 1,
      inputs: digest, artifacts: [], baseline: nil)
  }
}

extension ToCoordinator {
  /// The trials of outcomes.
  var trials: [UInt32]? {
    if case .outcomes(let outcomes) = self { outcomes.map(\.trial.unit) } else { nil }
  }
}
