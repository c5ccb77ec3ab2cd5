import Foundation
import Synchronization

/// Decides, on a thread of its own, whose CURVE keys may connect to the sockets of a context (ZeroMQ's ZAP, RFC 27).
/// Unknown keys are refused, and so is everybody once it has stopped.
public final class Authenticator: Sendable {
  private let context: ZeroMQContext
  private let state: State
  private let thread: DedicatedThread

  /// Guards `context` from now on, alone: a second authenticator of a context throws.
  public init(for context: ZeroMQContext, allowing roles: [CurveKey: PeerRole]) throws(TransportError) {
    let state = State(wakeUp: try WakeUp())
    self.context = context
    self.state = state
    thread = DedicatedThread(name: "authenticator") {
      do throws(TransportError) {
        let socket = try ZeroMQSocket(.reply, in: context)
        try socket.set(.linger, 0)
        _ = try socket.bind("inproc://zeromq.zap.01")
        state.begin(failure: nil)
        try state.answer(on: socket, allowing: roles)
      } catch {
        state.begin(failure: error)
      }
    }
    if let failure = state.waitUntilBegun() { throw failure }
  }

  deinit {
    state.stop()
    thread.join()
  }

  /// How many connections were refused.
  public var refusals: Int { state.refusals.load(ordering: .relaxed) }

  func guards(_ context: ZeroMQContext) -> Bool { context === self.context }

  /// What the thread shares with its owner.
  private final class State: Sendable {
    let refusals = Atomic<Int>(0)
    private let wakeUp: WakeUp
    private let isStopping = Atomic<Bool>(false)
    private let begun = DispatchSemaphore(value: 0)
    private let failure = Mutex<TransportError?>(nil)

    init(wakeUp: WakeUp) { self.wakeUp = wakeUp }

    func begin(failure: TransportError?) {
      self.failure.withLock { $0 = failure }
      begun.signal()
    }

    func waitUntilBegun() -> TransportError? {
      begun.wait()
      return failure.withLock { $0 }
    }

    func stop() {
      isStopping.store(true, ordering: .releasing)
      wakeUp.signal()
    }

    func answer(on socket: ZeroMQSocket, allowing roles: [CurveKey: PeerRole]) throws(TransportError) {
      while true {
        let ready = try poll([.socket(socket), .descriptor(wakeUp.descriptor)], atMost: .seconds(3_600))
        if isStopping.load(ordering: .acquiring) { return }
        guard ready, let request = try socket.receive(atMost: 16) else { continue }
        let reply = ZAPReply(to: request.parts, allowing: roles)
        if !reply.isAdmitted { refusals.wrappingAdd(1, ordering: .relaxed) }
        _ = try socket.send(reply.parts)
      }
    }
  }
}

/// The answer to one request of ZAP: version, request, status, its text, user, metadata.
struct ZAPReply {
  let parts: [Data]
  let isAdmitted: Bool

  /// `request`: version, request, domain, address, identity, mechanism, credentials.
  init(to request: [Data], allowing roles: [CurveKey: PeerRole]) {
    let role = request.count == 7 ? Self.role(of: request, in: roles) : nil
    let (status, text) = role == nil ? ("400", "this key is not allowed") : ("200", "OK")
    let id = request.count > 1 ? request[1] : Data()
    isAdmitted = role != nil
    parts = [Data("1.0".utf8), id, Data(status.utf8), Data(text.utf8), Data((role?.rawValue ?? "").utf8), Data()]
  }

  private static func role(of request: [Data], in roles: [CurveKey: PeerRole]) -> PeerRole? {
    guard request[0] == Data("1.0".utf8), request[5] == Data("CURVE".utf8),
      let text = ZeroMQCurve.text(ofKey: request[6]), let key = CurveKey(text)
    else { return nil }
    return roles[key]
  }
}
