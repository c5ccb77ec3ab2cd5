import Catalog
import Foundation
import Protocol

/// A worker that computes nothing: a real socket with real keys. It belongs to one thread.
final class SyntheticWorker {
  private let socket: DealerSocket
  private let sweep: SyntheticSweep
  private(set) var isWelcome = false
  private(set) var leases: [Lease] = []
  private(set) var acknowledged = 0
  /// The artifact that it fetches, once it is welcome; nil when it has it.
  var wants: Digest?
  /// Bytes of it that have come.
  private(set) var fetched = 0
  /// Messages that have come.
  private(set) var heard = 0

  init(_ number: Int, of sweep: SyntheticSweep, at access: AccessFile, in context: ZeroMQContext) throws {
    self.sweep = sweep
    socket = try DealerSocket(to: access.endpoint, try access.security(as: .worker), in: context)
    try send(.hello(sweep.hello(number)))
  }

  func send(_ message: ToCoordinator) throws { try send(frame: message.encoded()) }

  /// Waits where the queue is full.
  func send(frame: Data) throws {
    while try !socket.send(frame) {
      try listen()
      usleep(200)
    }
  }

  /// Takes in what has come; on its welcome it says that it can hold `credits` leases.
  func listen(credits: UInt32 = 0) throws {
    while let frame = try socket.receive() {
      heard += 1
      switch try ToWorker(frame: frame) {
      case .welcome:
        isWelcome = true
        try send(.ready(.init(model: sweep.experiment.model.identity, credits: credits)))
        if let wants { try send(.fetch(wants, offset: 0)) }
      case .artifact(let piece):
        fetched += piece.data.count
        if fetched < Int(piece.size) {
          try send(.fetch(piece.digest, offset: UInt64(fetched)))
        } else {
          wants = nil
        }
      case .lease(let lease): leases.append(lease)
      case .acknowledged(let trials): acknowledged += trials.count
      case .refused(let reason): throw RunFailure(description: reason)
      default: break
      }
    }
  }

  /// Listens until `condition` holds, or throws after a minute.
  func listen(credits: UInt32 = 0, until condition: (SyntheticWorker) -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition(self) {
      guard ContinuousClock.now < deadline else { throw RunFailure(description: "the coordinator doesn't answer") }
      _ = try waitForInput([.dealer(socket)], atMost: .milliseconds(20))
      try listen(credits: credits)
    }
  }

  func takeLeases() -> [Lease] {
    defer { leases.removeAll() }
    return leases
  }
}
