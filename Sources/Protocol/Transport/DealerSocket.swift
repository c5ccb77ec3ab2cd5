import Foundation

/// A worker's end: speaks with one coordinator. It belongs to the thread that made it, and never blocks.
public final class DealerSocket {
  let socket: ZeroMQSocket
  private let handshakes: ZeroMQSocket

  /// Connects as `name` to `endpoint`, which may not be there yet, and reconnects whenever it is lost. Throws where
  /// `security` would leave it open without saying so.
  public init(
    to endpoint: Endpoint, _ security: ClientSecurity, as name: PeerID = PeerID(), in context: ZeroMQContext
  ) throws(TransportError) {
    try endpoint.check(security)
    socket = try ZeroMQSocket(.dealer, in: context)
    try socket.setCommonOptions(for: endpoint)
    try socket.set(.routingID, name.bytes)
    try socket.set(.reconnectInterval, 100)
    try socket.set(.reconnectIntervalMaximum, 5_000)
    if endpoint.isNetwork { try socket.set(.connectTimeout, 10_000) }
    if case .curve(let server, let own) = security {
      try socket.set(.curveServerKey, server.description.utf8)
      try socket.set(.curvePublicKey, own.publicKey.description.utf8)
      try socket.set(.curveSecretKey, own.secretKey.description.utf8)
    }
    handshakes = try socket.monitorHandshakes(named: "\(name)-\(UInt64.random(in: .min ... .max))")
    try socket.connect("\(endpoint)")
  }

  deinit { socket.endMonitoring() }

  /// The next frame, or nil if none waits. What is not one frame comes as empty data, which is no message.
  public func receive() throws(TransportError) -> Data? {
    guard let message = try socket.receive(atMost: 1) else { return nil }
    return message.parts.first ?? Data()
  }

  /// Queues a frame, without waiting; false if the queue is full, because the coordinator is away or slow.
  public func send(_ frame: Data) throws(TransportError) -> Bool { try socket.send([frame]) == .sent }

  /// Why the coordinator let nobody in, as a sentence for people, if that has happened since the last call.
  public func handshakeFailure() throws(TransportError) -> String? {
    var reason: String?
    while let event = try handshakes.receive(atMost: 2) {
      reason =
        ZeroMQSocket.isRefusal(event)
        ? "the coordinator does not know this worker's key; the access file may be of another run"
        : "the coordinator ended the handshake; the access file may be of another run, or something else listens there"
    }
    return reason
  }
}

extension ZeroMQSocket {
  /// What the sockets of both sides agree in.
  func setCommonOptions(for endpoint: Endpoint) throws(TransportError) {
    try set(.linger, 1_000)
    try set(.sendHighWaterMark, 1_000)
    try set(.receiveHighWaterMark, 1_000)
    try set(.maximumMessageSize, WireLimits.frame)
    guard case .tcp(let host, _) = endpoint.kind else { return }
    if host.hasPrefix("[") { try set(.ipv6, 1) }
    try set(.keepAlive, 1)
    try set(.keepAliveIdle, 60)
    try set(.keepAliveInterval, 15)
    try set(.keepAliveCount, 4)
  }
}
