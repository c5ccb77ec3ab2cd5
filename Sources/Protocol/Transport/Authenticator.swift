import Foundation
import Synchronization

/// Decides, on a thread of its own, whose CURVE keys may connect to the sockets of a context (ZeroMQ's ZAP, RFC 27).
/// Unknown keys are refused, and so is everybody once it has stopped. Which keys are known may change at any time.
public final class Authenticator: Sendable {
  private let context: ZeroMQContext
  private let state: State
  private let thread: DedicatedThread

  /// Guards `context` from now on, alone: a second authenticator of a context throws.
  public init(for context: ZeroMQContext, allowing holders: [CurveKey: KeyHolder]) throws(TransportError) {
    let state = State(wakeUp: try WakeUp(), holders)
    self.context = context
    self.state = state
    thread = DedicatedThread(name: "authenticator") {
      do throws(TransportError) {
        let socket = try ZeroMQSocket(.reply, in: context)
        try socket.set(.linger, 0)
        _ = try socket.bind("inproc://zeromq.zap.01")
        state.begin(failure: nil)
        try state.answer(on: socket)
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

  /// From now on these keys may connect, and no others; those of others who are connected are not heard any more.
  public func allow(_ holders: [CurveKey: KeyHolder]) { state.keys.withLock { $0 = Keys(holders) } }

  /// From now on nobody may connect; who is connected stays.
  public func shut() { state.keys.withLock { $0.byKey = [:] } }

  /// The holder of a key that libzmq says a frame came from, if it is still allowed.
  func holder(named user: String) -> KeyHolder? { state.keys.withLock { $0.byUser[user] } }

  func guards(_ context: ZeroMQContext) -> Bool { context === self.context }

  /// Who may connect, and who is heard.
  fileprivate struct Keys {
    var byKey: [CurveKey: KeyHolder]
    let byUser: [String: KeyHolder]

    init(_ holders: [CurveKey: KeyHolder]) {
      byKey = holders
      byUser = Dictionary(holders.values.map { ($0.user, $0) }) { first, _ in first }
    }
  }

  /// What the thread shares with its owner.
  private final class State: Sendable {
    let refusals = Atomic<Int>(0)
    let keys: Mutex<Keys>
    private let wakeUp: WakeUp
    private let isStopping = Atomic<Bool>(false)
    private let begun = DispatchSemaphore(value: 0)
    private let failure = Mutex<TransportError?>(nil)

    init(wakeUp: WakeUp, _ holders: [CurveKey: KeyHolder]) {
      self.wakeUp = wakeUp
      keys = Mutex(Keys(holders))
    }

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

    func answer(on socket: ZeroMQSocket) throws(TransportError) {
      while true {
        let ready = try poll([.socket(socket), .descriptor(wakeUp.descriptor)], atMost: .seconds(3_600))
        if isStopping.load(ordering: .acquiring) { return }
        guard ready, let request = try socket.receive(atMost: 16) else { continue }
        let reply = ZAPReply(to: request.parts) { key in keys.withLock { $0.byKey[key] } }
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
  init(to request: [Data], holder: (CurveKey) -> KeyHolder?) {
    let holder = request.count == 7 ? Self.key(of: request).flatMap(holder) : nil
    let (status, text) = holder == nil ? ("400", "this key is not allowed") : ("200", "OK")
    let id = request.count > 1 ? request[1] : Data()
    isAdmitted = holder != nil
    parts = [Data("1.0".utf8), id, Data(status.utf8), Data(text.utf8), Data((holder?.user ?? "").utf8), Data()]
  }

  private static func key(of request: [Data]) -> CurveKey? {
    guard request[0] == Data("1.0".utf8), request[5] == Data("CURVE".utf8) else { return nil }
    return ZeroMQCurve.text(ofKey: request[6]).flatMap { CurveKey($0) }
  }
}

extension KeyHolder {
  /// What libzmq hands over with every frame.
  var user: String { "\(role.rawValue):\(name)" }
}
