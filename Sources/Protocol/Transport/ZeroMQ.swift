import CZeroMQ
import Foundation

/// A ZeroMQ context: the I/O threads and the `inproc` names that sockets share. Sockets keep their context alive; when
/// the last one is gone, its last messages get up to the sockets' linger time to leave.
public final class ZeroMQContext: Sendable {
  /// libzmq: "a ØMQ context is thread safe and may be shared among as many application threads as necessary".
  fileprivate nonisolated(unsafe) let pointer: UnsafeMutableRawPointer

  /// A new context for at most `sockets` sockets.
  public init(sockets: Int32 = 1_023) throws(TransportError) {
    guard let pointer = zmq_ctx_new() else { throw .last("start ZeroMQ") }
    self.pointer = pointer
    zmq_ctx_set(pointer, ZMQ_MAX_SOCKETS, sockets)
  }

  deinit {
    while zmq_ctx_term(pointer) != 0, zmq_errno() == EINTR {}
  }
}

/// A socket of libzmq with errors made visible. Not Sendable: it belongs to the thread that made it.
final class ZeroMQSocket {
  enum Kind {
    case router, dealer, reply, pair

    fileprivate var number: Int32 {
      switch self {
      case .router: ZMQ_ROUTER
      case .dealer: ZMQ_DEALER
      case .reply: ZMQ_REP
      case .pair: ZMQ_PAIR
      }
    }
  }

  /// Options whose value is a number.
  enum Option {
    case linger, sendHighWaterMark, receiveHighWaterMark, maximumMessageSize, backlog, ipv6
    case keepAlive, keepAliveIdle, keepAliveInterval, keepAliveCount
    case reconnectInterval, reconnectIntervalMaximum, connectTimeout
    case routerMandatory, routerHandover, curveServer

    fileprivate var number: Int32 {
      switch self {
      case .linger: ZMQ_LINGER
      case .sendHighWaterMark: ZMQ_SNDHWM
      case .receiveHighWaterMark: ZMQ_RCVHWM
      case .maximumMessageSize: ZMQ_MAXMSGSIZE
      case .backlog: ZMQ_BACKLOG
      case .ipv6: ZMQ_IPV6
      case .keepAlive: ZMQ_TCP_KEEPALIVE
      case .keepAliveIdle: ZMQ_TCP_KEEPALIVE_IDLE
      case .keepAliveInterval: ZMQ_TCP_KEEPALIVE_INTVL
      case .keepAliveCount: ZMQ_TCP_KEEPALIVE_CNT
      case .reconnectInterval: ZMQ_RECONNECT_IVL
      case .reconnectIntervalMaximum: ZMQ_RECONNECT_IVL_MAX
      case .connectTimeout: ZMQ_CONNECT_TIMEOUT
      case .routerMandatory: ZMQ_ROUTER_MANDATORY
      case .routerHandover: ZMQ_ROUTER_HANDOVER
      case .curveServer: ZMQ_CURVE_SERVER
      }
    }
  }

  /// Options whose value is a text or bytes.
  enum TextOption {
    case routingID, domain, curveServerKey, curvePublicKey, curveSecretKey

    fileprivate var number: Int32 {
      switch self {
      case .routingID: ZMQ_ROUTING_ID
      case .domain: ZMQ_ZAP_DOMAIN
      case .curveServerKey: ZMQ_CURVE_SERVERKEY
      case .curvePublicKey: ZMQ_CURVE_PUBLICKEY
      case .curveSecretKey: ZMQ_CURVE_SECRETKEY
      }
    }
  }

  /// What became of a message to send.
  enum Sending {
    case sent, full, unreachable
  }

  /// A message as it arrived.
  struct Received {
    let parts: [Data]
    /// What the authenticator called the sender, on a CURVE socket.
    let user: String?
  }

  private let context: ZeroMQContext
  fileprivate let pointer: UnsafeMutableRawPointer
  /// Receives every part; at one heap address, as libzmq demands.
  private let message: UnsafeMutablePointer<zmq_msg_t>

  init(_ kind: Kind, in context: ZeroMQContext) throws(TransportError) {
    guard let pointer = zmq_socket(context.pointer, kind.number) else { throw .last("make a socket") }
    self.context = context
    self.pointer = pointer
    message = .allocate(capacity: 1)
    zmq_msg_init(message)
  }

  deinit {
    zmq_msg_close(message)
    message.deallocate()
    zmq_close(pointer)
  }

  func set(_ option: Option, _ value: Int) throws(TransportError) {
    var wide = Int64(value)
    var narrow = Int32(truncatingIfNeeded: value)
    let failed =
      option == .maximumMessageSize
      ? zmq_setsockopt(pointer, option.number, &wide, MemoryLayout<Int64>.size)
      : zmq_setsockopt(pointer, option.number, &narrow, MemoryLayout<Int32>.size)
    if failed != 0 { throw .last("set the socket option \(option)") }
  }

  func set(_ option: TextOption, _ value: some Collection<UInt8>) throws(TransportError) {
    let bytes = Array(value)
    if zmq_setsockopt(pointer, option.number, bytes, bytes.count) != 0 {
      throw .last("set the socket option \(option)")
    }
  }

  /// Binds, and returns the address with the port that was chosen.
  func bind(_ address: String) throws(TransportError) -> String {
    if zmq_bind(pointer, address) != 0 { throw .last("listen at \(address)") }
    var text = [UInt8](repeating: 0, count: 1_024)
    var length = text.count
    if zmq_getsockopt(pointer, ZMQ_LAST_ENDPOINT, &text, &length) != 0 { throw .last("read the address of \(address)") }
    return String(decoding: text.prefix(length).prefix { $0 != 0 }, as: UTF8.self)
  }

  func connect(_ address: String) throws(TransportError) {
    if zmq_connect(pointer, address) != 0 { throw .last("connect to \(address)") }
  }

  /// Reports failed handshakes of this socket to a new socket, as parts of which the first begins with the event's number.
  func monitorHandshakes(named name: String) throws(TransportError) -> ZeroMQSocket {
    let address = "inproc://handshakes-\(name)"
    let events =
      ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
    if zmq_socket_monitor(pointer, address, events) != 0 { throw .last("watch handshakes") }
    let monitor = try ZeroMQSocket(.pair, in: context)
    try monitor.set(.linger, 0)
    // libzmq's own thread would wait for us where the queue is full, and with it everything else.
    try monitor.set(.receiveHighWaterMark, 0)
    try monitor.connect(address)
    return monitor
  }

  /// Ends ``monitorHandshakes(named:)``. To be called before the monitor is closed: a report that nobody can receive any more
  /// would stop libzmq's own thread, and with it every connection of the context.
  func endMonitoring() { _ = zmq_socket_monitor(pointer, nil, 0) }

  /// Whether `event`, from a socket of ``monitorHandshakes(named:)``, says that our key was refused; else the handshake
  /// failed in another way.
  static func isRefusal(_ event: Received) -> Bool {
    guard let bytes = event.parts.first, bytes.count >= 2 else { return false }
    let number = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt16.self) }
    return Int32(number) == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
  }

  /// Sends the parts as one message, without waiting.
  func send(_ parts: [Data]) throws(TransportError) -> Sending {
    for (index, part) in parts.enumerated() {
      let flags = index + 1 < parts.count ? ZMQ_DONTWAIT | ZMQ_SNDMORE : ZMQ_DONTWAIT
      var sent: Int32
      repeat {
        sent = part.withUnsafeBytes { zmq_send(pointer, $0.baseAddress, $0.count, flags) }
      } while sent < 0 && zmq_errno() == EINTR
      guard sent < 0 else { continue }
      switch zmq_errno() {
      case EAGAIN: return .full
      case EHOSTUNREACH: return .unreachable
      default: throw .last("send a message")
      }
    }
    return .sent
  }

  /// The next message, or nil if none waits. A message of more than `limit` parts comes back without any.
  func receive(atMost limit: Int) throws(TransportError) -> Received? {
    var parts: [Data] = []
    var user: String?
    var count = 0
    repeat {
      var size: Int32
      repeat { size = zmq_msg_recv(message, pointer, ZMQ_DONTWAIT) } while size < 0 && zmq_errno() == EINTR
      guard size >= 0 else {
        if zmq_errno() == EAGAIN { return nil }
        throw .last("receive a message")
      }
      count += 1
      if count <= limit, let start = zmq_msg_data(message) {
        parts.append(Data(bytes: start, count: zmq_msg_size(message)))
        user = zmq_msg_gets(message, "User-Id").map { String(cString: $0) }
      }
    } while zmq_msg_more(message) != 0
    return Received(parts: count <= limit ? parts : [], user: user)
  }
}

/// What `zmq_poll` waits for.
enum PollItem {
  case socket(ZeroMQSocket)
  case descriptor(Int32)
}

/// Waits until one of the items has input, at most `limit`; says whether one has. A signal ends the wait early.
func poll(_ items: [PollItem], atMost limit: Duration) throws(TransportError) -> Bool {
  var raw = items.map { item in
    switch item {
    case .socket(let socket): zmq_pollitem_t(socket: socket.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    case .descriptor(let descriptor): zmq_pollitem_t(socket: nil, fd: descriptor, events: Int16(ZMQ_POLLIN), revents: 0)
    }
  }
  // Rounded up, so that a wait until a deadline doesn't spin just before it.
  let milliseconds = max(0, (limit / .milliseconds(1)).rounded(.up))
  let ready = zmq_poll(&raw, Int32(raw.count), Int(min(milliseconds, 86_400_000)))
  if ready < 0, zmq_errno() != EINTR { throw .last("wait for messages") }
  return ready > 0
}

extension TransportError {
  /// What libzmq said last, when the program tried to do something, such as `listen at tcp://*:5555`.
  fileprivate static func last(_ action: String) -> TransportError {
    let code = zmq_errno()
    let advice = code == EADDRINUSE ? "; choose another port, or 0 for any free one" : ""
    return TransportError(.system(code), "cannot \(action): \(String(cString: zmq_strerror(code)))\(advice)")
  }
}

/// Curve25519 as libzmq has it.
enum ZeroMQCurve {
  /// A new pair of keys as Z85 text: public, secret.
  static func keyPair() throws(TransportError) -> (String, String) {
    var publicKey = [CChar](repeating: 0, count: 41)
    var secretKey = [CChar](repeating: 0, count: 41)
    guard zmq_curve_keypair(&publicKey, &secretKey) == 0 else { throw .last("generate CURVE keys") }
    return (text(publicKey), text(secretKey))
  }

  /// The Z85 text of a key of 32 bytes.
  static func text(ofKey bytes: Data) -> String? {
    guard bytes.count == 32 else { return nil }
    var encoded = [CChar](repeating: 0, count: 41)
    guard zmq_z85_encode(&encoded, Array(bytes), 32) != nil else { return nil }
    return text(encoded)
  }

  /// Whether `text` is the Z85 text of a key of 32 bytes.
  static func isKey(_ text: String) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 32)
    return text.utf8.count == 40 && zmq_z85_decode(&bytes, text) != nil
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
