import Foundation

/// The name of a peer of a ``RouterSocket``, for answers: chosen by the peer, and the same after it reconnects.
public struct PeerID: Hashable, Sendable, CustomStringConvertible {
  let bytes: Data

  init(bytes: Data) { self.bytes = bytes }

  /// A new name: 128 random bits, which nobody else can guess and take over.
  public init() {
    var generator = SystemRandomNumberGenerator()
    // libzmq refuses names that start with a zero byte.
    bytes = Data("w".utf8) + (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// In hexadecimal digits.
  public var description: String { bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
}

/// The coordinator's end: hears all peers, answers each. It belongs to the thread that made it, and never blocks.
public final class RouterSocket {
  /// Where it listens, with the port that was chosen.
  public let endpoint: Endpoint
  /// Messages that were not one frame, or of nobody that the authenticator admitted; they are dropped.
  public private(set) var malformed = 0
  /// Handshakes that the authenticator refused.
  public var refusals: Int { authenticator?.refusals ?? 0 }
  let socket: ZeroMQSocket
  /// Kept alive with the socket of a CURVE endpoint.
  private let authenticator: Authenticator?

  /// Listens at `endpoint`; throws where `security` would leave it open without saying so.
  public init(at endpoint: Endpoint, _ security: ServerSecurity, in context: ZeroMQContext) throws(TransportError) {
    try endpoint.check(security)
    socket = try ZeroMQSocket(.router, in: context)
    try socket.setCommonOptions(for: endpoint)
    try socket.set(.backlog, 1_024)
    try socket.set(.routerMandatory, 1)
    // A worker that reconnects before its old connection is given up keeps its name.
    try socket.set(.routerHandover, 1)
    if case .curve(let keys, let authenticator) = security {
      guard authenticator.guards(context) else {
        throw TransportError(.insecure, "the authenticator of \(endpoint) guards another context")
      }
      try socket.set(.curveServer, 1)
      try socket.set(.curveSecretKey, keys.secretKey.description.utf8)
      try socket.set(.domain, "rebound".utf8)
      self.authenticator = authenticator
    } else {
      authenticator = nil
    }
    self.endpoint = try Endpoint(socket.bind("\(endpoint)"))
  }

  /// A frame that arrived.
  public struct Arrival: Sendable {
    /// Who sent it.
    public let peer: PeerID
    /// What the sender may do.
    public let role: PeerRole
    /// The name of its key; nil where none is asked for.
    public let key: String?
    /// What it sent.
    public let frame: Data
  }

  /// The next frame, or nil if none waits.
  public func receive() throws(TransportError) -> Arrival? {
    while let message = try socket.receive(atMost: 2) {
      guard message.parts.count == 2, let sender = sender(message.user) else {
        malformed += 1
        continue
      }
      return Arrival(
        peer: PeerID(bytes: message.parts[0]), role: sender.role, key: authenticator == nil ? nil : sender.name,
        frame: message.parts[1])
    }
    return nil
  }

  /// What became of a frame to send.
  public enum Delivery: Hashable, Sendable {
    /// On its way.
    case sent
    /// The peer does not take its messages: its queue is full. Nothing was sent.
    case full
    /// The peer is gone. Nothing was sent.
    case unreachable
  }

  /// Sends a frame to a peer, without waiting.
  public func send(_ frame: Data, to peer: PeerID) throws(TransportError) -> Delivery {
    switch try socket.send([peer.bytes, frame]) {
    case .sent: .sent
    case .full: .full
    case .unreachable: .unreachable
    }
  }

  /// Where no authenticator answers any more, libzmq admits everybody, but without a user: so their frames are dropped, and so are
  /// those of keys that were revoked since they connected.
  private func sender(_ user: String?) -> KeyHolder? {
    guard let authenticator else { return KeyHolder(name: "", role: .owner) }
    return user.flatMap(authenticator.holder)
  }
}
