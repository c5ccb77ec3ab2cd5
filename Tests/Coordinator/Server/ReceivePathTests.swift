import Catalog
import Foundation
import Logging
import Testing

@testable import Coordinator
@testable import Protocol

/// Everything behind the socket, in one thread: `REBOUND_HOSTILE_FRAMES` sets how many frames come (make soak: 5,000,000).
@Suite struct ReceivePathTests {
  private static let frames =
    ProcessInfo.processInfo.environment["REBOUND_HOSTILE_FRAMES"].flatMap { Int($0) } ?? 100_000

  private let scratch: ScratchDirectory
  private let sockets: PrivateDirectory

  init() throws {
    scratch = try ScratchDirectory()
    sockets = try PrivateDirectory()
  }

  private static func loop(_ run: OwnedRun, _ sockets: PrivateDirectory) throws -> ServerLoop {
    try ServerLoop(
      run,
      ServerConfiguration(
        endpoint: sockets.endpoint(), security: .fileSystem, protection: .fileSystem, build: SmallRun.build),
      in: ZeroMQContext(), signals: ServerSignals(), wakeUp: WakeUp(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, afterCommit: {})
  }

  @Test func `hundreds of thousands of damaged frames crash nothing, and take no memory`() async throws {
    let (path, sockets) = ("\(scratch.path)/run", sockets)
    let growth = try await onThread {
      let run = try OwnedRun(
        at: path, experiment: SmallRun.experiment(images: 20, windows: 20, method: .softmax), spec: Data())
      let loop = try Self.loop(run, sockets)
      let lease = Lease(
        id: LeaseID(1), epoch: run.epoch, stage: .sweep, unit: 0, variants: [0, 1], attempt: 1, waveLimit: 9,
        inputs: SmallRun.model, artifacts: [], baseline: nil)
      var hostile = try HostileFrames(seed: 7, lease: lease)
      var half = 0
      for number in 0..<Self.frames {
        if number == Self.frames / 2 { half = ProcessCost.residentBytes }
        try loop.hear(try hostile.next())
        if number % 200 == 0 { try loop.passTime() }
      }
      #expect(loop.state.contradictions.isEmpty)
      #expect(loop.state.counters.invalid > Self.frames / 50)
      #expect(loop.state.counters.workers > 10)
      return ProcessCost.residentBytes - half
    }
    #expect(growth < 48 << 20, "\(growth) bytes more in the second half of \(Self.frames) frames")
  }

  @Test func `a peer that sends too fast is not heard for a while, and others are`() async throws {
    let (path, sockets) = ("\(scratch.path)/run", sockets)
    try await onThread {
      let loop = try Self.loop(try OwnedRun(at: path, experiment: SmallRun.experiment(), spec: Data()), sockets)
      let beat = try ToCoordinator.statusRequest.encoded()
      let flood = PeerID()
      for _ in 0..<Int(Allowance.burst) * 2 {
        _ = loop.peers.hears(.init(peer: flood, role: .owner, key: nil, frame: beat), at: loop.now)
      }
      #expect(loop.peers.throttled > Int(Allowance.burst) / 2)
      let isOtherHeard = loop.peers.hears(.init(peer: PeerID(), role: .owner, key: nil, frame: beat), at: loop.now)
      let later = Instant(elapsed: loop.now.elapsed + .seconds(1))
      let isHeardLater = loop.peers.hears(.init(peer: flood, role: .owner, key: nil, frame: beat), at: later)
      #expect(isOtherHeard && isHeardLater)
    }
  }

  @Test func `a stranger that floods is held back, though it is forgotten as a worker at every tick`() {
    var peers = Peers()
    let flood = RouterSocket.Arrival(peer: PeerID(), role: .worker, key: nil, frame: Data())
    for number in 0..<Int(Allowance.burst) * 2 {
      if peers.hears(flood, at: .start) { _ = peers.worker(at: flood.peer) }
      if number % 2_000 == 0 { peers.keep { _ in false } }
    }
    #expect(peers.throttled == Int(Allowance.burst))
  }

  @Test func `no more workers than the limit are admitted`() {
    var peers = Peers()
    for number in 0..<Peers.most {
      _ = peers.beginSession(at: PeerID(), SmallRun.hello(pid: UInt32(number + 1)))
    }
    let known = PeerID()
    #expect(peers.isFull(for: known))
    peers.keep { $0.number > 1 }
    #expect(!peers.isFull(for: known))
    _ = peers.beginSession(at: known, SmallRun.hello())
    #expect(!peers.isFull(for: known) && peers.isFull(for: PeerID()))
  }

  /// A worker whose queue is full, or who is gone, and who asked for everything at once.
  @Test func `leases that can't be delivered return, however many were asked for`() async throws {
    let (path, sockets) = ("\(scratch.path)/run", sockets)
    try await onThread {
      let loop = try Self.loop(
        try OwnedRun(
          at: path, experiment: SmallRun.experiment(images: 5_000, windows: 2, method: .softmax), spec: Data()), sockets
      )
      let peer = PeerID()
      for message in [ToCoordinator.hello(SmallRun.hello()), .ready(SmallRun.ready(credits: 4_096))] {
        try loop.hear(.init(peer: peer, role: .worker, key: nil, frame: try message.encoded()))
      }
      #expect(loop.state.leases.isEmpty)
      #expect(loop.state.counters.attempts <= 2)
    }
  }
}
