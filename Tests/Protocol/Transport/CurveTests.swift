import Foundation
import Protocol
import Testing

/// A coordinator's socket that one worker key and one status key may reach, and clients who try.
@Suite struct `CURVE closes tcp` {
  let context: ZeroMQContext
  let authenticator: Authenticator
  let router: RouterSocket
  let server: CurveKeyPair
  let worker: CurveKeyPair
  let status: CurveKeyPair

  init() throws {
    context = try ZeroMQContext()
    server = try CurveKeyPair()
    worker = try CurveKeyPair()
    status = try CurveKeyPair()
    authenticator = try Authenticator(
      for: context,
      allowing: [
        worker.publicKey: KeyHolder(name: "worker", role: .worker),
        status.publicKey: KeyHolder(name: "status", role: .status),
      ])
    router = try RouterSocket(at: Endpoint("tcp://127.0.0.1:0"), .curve(server, authenticator), in: context)
  }

  @Test func `a worker's key opens it, and both sides hear each other`() throws {
    let dealer = try DealerSocket(to: router.endpoint, .curve(server: server.publicKey, own: worker), in: context)
    _ = try dealer.send(Data("x".utf8))
    let arrival = try #require(try eventually { try router.receive() })
    #expect(arrival.role == .worker)
    #expect(try router.send(Data("y".utf8), to: arrival.peer) == .sent)
    #expect(try eventually { try dealer.receive() } == Data("y".utf8))
    #expect(authenticator.refusals == 0)
    #expect(try dealer.handshakeFailure() == nil)
  }

  @Test func `the status key may only ask`() throws {
    let dealer = try DealerSocket(to: router.endpoint, .curve(server: server.publicKey, own: status), in: context)
    _ = try dealer.send(Data("x".utf8))
    let arrival = try #require(try eventually { try router.receive() })
    #expect(arrival.role == .status)
    #expect(arrival.role.permits(.statusRequest))
    #expect(!arrival.role.permits(.heartbeat))
    #expect(PeerRole.worker.permits(.heartbeat))
  }

  @Test func `a key that is revoked is not heard any more, and can't come back; another one can`() throws {
    let dealer = try DealerSocket(to: router.endpoint, .curve(server: server.publicKey, own: worker), in: context)
    _ = try dealer.send(Data("x".utf8))
    #expect(try #require(try eventually { try router.receive() }).key == "worker")
    authenticator.allow([status.publicKey: KeyHolder(name: "status", role: .status)])
    _ = try dealer.send(Data("y".utf8))
    let again = try DealerSocket(to: router.endpoint, .curve(server: server.publicKey, own: worker), in: context)
    _ = try again.send(Data("z".utf8))
    let deadline = ContinuousClock.now + .milliseconds(600)
    while ContinuousClock.now < deadline {
      #expect(try router.receive() == nil)
      usleep(5_000)
    }
    #expect(router.malformed == 1 && authenticator.refusals > 0)
    let other = try DealerSocket(to: router.endpoint, .curve(server: server.publicKey, own: status), in: context)
    _ = try other.send(Data("x".utf8))
    #expect(try eventually { try router.receive() }?.role == .status)
    authenticator.shut()
    let refusals = authenticator.refusals
    let late = try DealerSocket(to: router.endpoint, .curve(server: server.publicKey, own: status), in: context)
    _ = try late.send(Data("x".utf8))
    let isRefused = try eventually { () throws -> Bool? in authenticator.refusals > refusals ? true : nil }
    #expect(isRefused == true)
    _ = try other.send(Data("still here".utf8))
    #expect(try eventually { try router.receive() }?.frame == Data("still here".utf8))
  }

  enum Stranger: CaseIterable {
    case unknownKey, plain, wrongServerKey, rawTCP
  }

  @Test(arguments: Stranger.allCases)
  func `not one frame of a stranger arrives`(stranger: Stranger) throws {
    let other = try ZeroMQContext()
    let security: ClientSecurity =
      switch stranger {
      case .unknownKey: .curve(server: server.publicKey, own: try CurveKeyPair())
      case .wrongServerKey: .curve(server: try CurveKeyPair().publicKey, own: worker)
      case .plain, .rawTCP: .insecure
      }
    let dealer = try DealerSocket(to: router.endpoint, security, in: other)
    for _ in 0..<10 { _ = try dealer.send(Data("let me in".utf8)) }
    if stranger == .rawTCP { try sendRawBytes() }
    let deadline = ContinuousClock.now + .milliseconds(600)
    while ContinuousClock.now < deadline {
      #expect(try router.receive() == nil)
      usleep(5_000)
    }
    #expect(router.malformed == 0)
    let reason = try dealer.handshakeFailure()
    switch stranger {
    case .unknownKey:
      #expect(authenticator.refusals > 0)
      #expect(reason?.contains("does not know this worker's key") == true)
    case .plain, .wrongServerKey: #expect(reason?.contains("ended the handshake") == true)
    case .rawTCP: break
    }
    // The socket still works for those who may.
    let friend = try DealerSocket(to: router.endpoint, .curve(server: server.publicKey, own: worker), in: context)
    _ = try friend.send(Data("x".utf8))
    #expect(try eventually { try router.receive() }?.frame == Data("x".utf8))
  }

  /// A ZMTP 3 greeting that claims the NULL mechanism, with a message right behind it.
  private func sendRawBytes() throws {
    guard case .tcp(_, let port) = router.endpoint.kind else { return }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(connected == 0)
    var bytes: [UInt8] = [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0] + Array("NULL".utf8)
    bytes += [UInt8](repeating: 0, count: 64 - bytes.count) + [0, 5] + Array("hello".utf8)
    #expect(send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
    usleep(100_000)
  }

  @Test func `a context has one authenticator`() throws {
    #expect(throws: TransportError.self) { try Authenticator(for: context, allowing: [:]) }
  }

  @Test func `an authenticator of another context guards nothing`() throws {
    let elsewhere = try Authenticator(
      for: ZeroMQContext(), allowing: [worker.publicKey: KeyHolder(name: "worker", role: .worker)])
    #expect(throws: TransportError.self) {
      try RouterSocket(at: Endpoint("tcp://127.0.0.1:0"), .curve(server, elsewhere), in: context)
    }
  }
}
