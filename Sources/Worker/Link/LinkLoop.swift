import Foundation
import Logging
import Protocol

/// What a link's thread does: waits for frames and wishes, and performs what ``LinkState`` decides. Only this thread
/// touches the socket.
struct LinkLoop: Sendable {
  let shared: Monitor<LinkState>
  let wakeUp: WakeUp
  let address: CoordinatorAddress
  let logger: Logger

  /// Runs until the link has failed or was closed.
  func run() {
    do {
      var connection = Connection(context: try ZeroMQContext(), name: PeerID())
      while try step(&connection) {}
    } catch {
      let error =
        error as? LinkError ?? LinkError(.address, "the link with the coordinator at \(address) failed: \(error)")
      shared.withLock { $0.fail(error) }
    }
  }

  /// The socket of the moment.
  private struct Connection: ~Copyable {
    let context: ZeroMQContext
    /// Stays the same, so that a coordinator that still knows this worker goes on with it.
    let name: PeerID
    var socket: DealerSocket?
    /// Of the latest access file; nil before there was one.
    var version: FileVersion?
    var nextLook = ContinuousClock.now
    /// Looks at it in a row that found none.
    var missed = 0

    init(context: ZeroMQContext, name: PeerID) {
      self.context = context
      self.name = name
    }
  }

  /// Does what is due, then waits; false at the end.
  private func step(_ connection: inout Connection) throws -> Bool {
    let (directives, next, hasEnded) = try shared.withLock { state throws(WireError) in
      let (directives, next) = try state.directives(at: .now)
      return (directives, next, state.failure != nil)
    }
    for directive in directives { try perform(directive, &connection) }
    if hasEnded { return false }
    let sources: [InputSource] = [.wakeUp(wakeUp)] + (connection.socket.map { [.dealer($0)] } ?? [])
    _ = try waitForInput(sources, atMost: min(next, connection.nextLook) - .now)
    wakeUp.clear()
    lookForAnother(&connection)
    try receive(from: connection.socket)
    if let reason = try connection.socket?.handshakeFailure() {
      shared.withLock { $0.obstacle = reason }
      logger.debug("the handshake failed", metadata: ["reason": "\(reason)"])
    }
    return true
  }

  /// A coordinator that was started again has written its access file anew: there is no need to wait for the silence of the
  /// former one. One that has left in order has removed it, and a worker that could not hear its farewell sees that.
  private func lookForAnother(_ connection: inout Connection) {
    guard ContinuousClock.now >= connection.nextLook else { return }
    connection.nextLook = .now + .seconds(1)
    guard let version = address.version else {
      // Nor is there one where the place is fixed.
      guard connection.version != nil else { return }
      connection.missed += 1
      if connection.missed == 3 { shared.withLock { $0.coordinatorHasLeft() } }
      return
    }
    connection.missed = 0
    guard version != connection.version else { return }
    connection.version = version
    shared.withLock { $0.connectAnew(at: .now) }
  }

  private func perform(_ directive: LinkState.Directive, _ connection: inout Connection) throws {
    switch directive {
    case .send(let frame):
      // A full queue means that the coordinator is away: outcomes will be sent again, the rest is void by then.
      _ = try connection.socket?.send(frame)
    case .connect:
      connection.socket = nil
      do {
        connection.version = address.version ?? connection.version
        let (endpoint, security) = try address.resolve()
        connection.socket = try DealerSocket(to: endpoint, security, as: connection.name, in: connection.context)
        shared.withLock { $0.obstacle = nil }
        logger.debug("connecting", metadata: ["endpoint": "\(endpoint)"])
      } catch {
        guard case .system = error.code else { throw LinkError(.address, error.description) }
        shared.withLock { $0.obstacle = error.description }
        logger.debug("cannot connect yet", metadata: ["reason": "\(error)"])
      }
    }
  }

  private func receive(from socket: DealerSocket?) throws {
    // So many at most, so that a flood delays no heartbeat.
    for _ in 0..<100 {
      guard let frame = try socket?.receive() else { return }
      do {
        let message = try ToWorker(frame: frame)
        let isNew = shared.withLock { state in
          let before = state.counts.welcomes
          state.receive(message, at: .now)
          return state.counts.welcomes > before
        }
        if isNew { logger.debug("welcomed by the coordinator") }
      } catch {
        shared.withLock { $0.receive(error) }
        logger.warning("a frame was dropped", metadata: ["reason": "\(error)"])
      }
    }
  }
}
