import Foundation
import Testing

@testable import Protocol

/// Waits until `take` gives something; nil after five seconds.
func eventually<Value>(_ take: () throws -> Value?) rethrows -> Value? {
  let deadline = ContinuousClock.now + .seconds(5)
  while ContinuousClock.now < deadline {
    if let value = try take() { return value }
    usleep(2_000)
  }
  return nil
}

@Suite struct `Sockets` {
  @Test func `frames pass both ways over ipc`() throws {
    let context = try ZeroMQContext()
    let directory = try PrivateDirectory()
    let router = try RouterSocket(at: directory.endpoint(), .fileSystem, in: context)
    let dealer = try DealerSocket(to: directory.endpoint(), .fileSystem, in: context)
    #expect(try router.receive() == nil)
    #expect(try dealer.send(Data("to the coordinator".utf8)))
    #expect(try waitForInput([.router(router)], atMost: .seconds(5)))
    let arrival = try #require(try router.receive())
    #expect(arrival.frame == Data("to the coordinator".utf8))
    #expect(arrival.role == .owner)
    #expect(try router.send(Data("to the worker".utf8), to: arrival.peer) == .sent)
    #expect(try waitForInput([.dealer(dealer)], atMost: .seconds(5)))
    #expect(try dealer.receive() == Data("to the worker".utf8))
    #expect(try dealer.receive() == nil)
  }

  @Test func `an open tcp endpoint must be asked for, and says which port it got`() throws {
    let context = try ZeroMQContext()
    let any = try Endpoint("tcp://127.0.0.1:0")
    #expect(throws: TransportError.self) { try RouterSocket(at: any, .fileSystem, in: context) }
    #expect(throws: TransportError.self) { try DealerSocket(to: any, .fileSystem, in: context) }
    let router = try RouterSocket(at: any, .insecure, in: context)
    guard case .tcp("127.0.0.1", let port) = router.endpoint.kind else { throw WrongEndpoint() }
    #expect(port != 0)
    let dealer = try DealerSocket(to: router.endpoint, .insecure, in: context)
    #expect(try dealer.send(Data("x".utf8)))
    #expect(try eventually { try router.receive() }?.frame == Data("x".utf8))
    let error = #expect(throws: TransportError.self) {
      try RouterSocket(at: router.endpoint, .insecure, in: context)
    }
    #expect(error?.code == .system(EADDRINUSE))
  }

  struct WrongEndpoint: Error {}

  @Test func `a peer that is gone is unreachable, not silently forgotten`() throws {
    let context = try ZeroMQContext()
    let directory = try PrivateDirectory()
    let router = try RouterSocket(at: directory.endpoint(), .fileSystem, in: context)
    var dealer: DealerSocket? = try DealerSocket(to: directory.endpoint(), .fileSystem, in: context)
    _ = try dealer?.send(Data("x".utf8))
    let peer = try #require(try eventually { try router.receive() }).peer
    dealer = nil
    let delivery = try eventually {
      try router.send(Data("y".utf8), to: peer) == .unreachable ? true : nil
    }
    #expect(delivery == true)
    #expect(try router.send(Data("y".utf8), to: PeerID(bytes: Data("nobody".utf8))) == .unreachable)
  }

  @Test func `a peer that takes nothing is full`() throws {
    let context = try ZeroMQContext()
    let directory = try PrivateDirectory()
    let router = try RouterSocket(at: directory.endpoint(), .fileSystem, in: context)
    let dealer = try DealerSocket(to: directory.endpoint(), .fileSystem, in: context)
    _ = try dealer.send(Data("x".utf8))
    let peer = try #require(try eventually { try router.receive() }).peer
    let frame = Data(count: 10_000)
    var sent = 0
    while try router.send(frame, to: peer) == .sent, sent < 100_000 { sent += 1 }
    #expect(sent >= 1_000 && sent < 100_000)
    withExtendedLifetime(dealer) {}
  }

  @Test func `a message that isn't one frame is counted and dropped`() throws {
    let context = try ZeroMQContext()
    let directory = try PrivateDirectory()
    let router = try RouterSocket(at: directory.endpoint(), .fileSystem, in: context)
    let dealer = try DealerSocket(to: directory.endpoint(), .fileSystem, in: context)
    _ = try dealer.socket.send([Data("a".utf8), Data("b".utf8), Data("c".utf8)])
    _ = try dealer.send(Data("good".utf8))
    #expect(try eventually { try router.receive() }?.frame == Data("good".utf8))
    #expect(router.malformed == 1)
  }

  @Test func `a longer frame than allowed cuts the connection`() throws {
    let context = try ZeroMQContext()
    let router = try RouterSocket(at: Endpoint("tcp://127.0.0.1:0"), .insecure, in: context)
    let dealer = try DealerSocket(to: router.endpoint, .insecure, in: context)
    _ = try dealer.send(Data(count: WireLimits.frame + 1))
    usleep(300_000)
    #expect(try router.receive() == nil)
  }

  @Test func `a signal from another thread ends a wait`() throws {
    let wakeUp = try WakeUp()
    #expect(try !waitForInput([.wakeUp(wakeUp)], atMost: .milliseconds(10)))
    let thread = DedicatedThread(name: "signaller") {
      usleep(50_000)
      for _ in 0..<100_000 { wakeUp.signal() }
    }
    #expect(try waitForInput([.wakeUp(wakeUp)], atMost: .seconds(10)))
    thread.join()
    wakeUp.clear()
    #expect(try !waitForInput([.wakeUp(wakeUp)], atMost: .zero))
  }
}
