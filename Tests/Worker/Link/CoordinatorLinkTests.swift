import Catalog
import Foundation
import Logging
import Protocol
import Testing

@testable import Worker

@Suite(.serialized) struct `The link with a coordinator` {
  let directory: PrivateDirectory
  let endpoint: Endpoint

  init() throws {
    directory = try PrivateDirectory()
    endpoint = try directory.endpoint()
  }

  private func link(_ change: (inout LinkTiming) -> Void = { _ in }) throws -> CoordinatorLink {
    var timing = LinkTiming(giveUp: .seconds(20))
    timing.resend = .milliseconds(200)
    timing.hello = .milliseconds(200)
    timing.silence = .seconds(4)
    change(&timing)
    return try CoordinatorLink(
      to: .endpoint(endpoint, .fileSystem), hello: Sample.hello, timing: timing, logger: Logger(label: "link"))
  }

  private func expectWelcome(_ link: CoordinatorLink) throws {
    guard case .welcome = try link.receive(timeout: .seconds(5)) else {
      Issue.record("no welcome")
      return
    }
  }

  @Test func `messages pass both ways, and outcomes are kept until acknowledged`() throws {
    let coordinator = try FakeCoordinator(at: endpoint)
    let link = try link()
    let worker = try #require(try coordinator.welcome())
    try expectWelcome(link)
    try coordinator.send(.lease(Sample.lease(epoch: 1)), to: worker)
    #expect(try link.receive(timeout: .seconds(5)) == .lease(Sample.lease(epoch: 1)))
    #expect(try link.send(.progress(LeaseID(3))))
    #expect(try coordinator.receive()?.0 == .progress(LeaseID(3)))
    try link.submit([Sample.outcome(1), Sample.outcome(2)])
    #expect(try coordinator.receive { $0.trials }?.0 == [1, 2])
    #expect(try !link.flush(timeout: .milliseconds(20)))
    try coordinator.send(.acknowledged([Sample.outcome(1).trial]), to: worker)
    #expect(try !link.flush(timeout: .milliseconds(50)))
    try coordinator.send(.acknowledged([Sample.outcome(2).trial]), to: worker)
    #expect(try link.flush(timeout: .seconds(5)))
    link.close(reason: "done")
    #expect(try coordinator.receive { if case .goodbye(let reason) = $0 { reason } else { nil } }?.0 == "done")
    let error = #expect(throws: LinkError.self) { try link.receive(timeout: .zero) }
    #expect(error?.code == .closed)
  }

  @Test func `outcomes that nobody acknowledges are sent again`() throws {
    let coordinator = try FakeCoordinator(at: endpoint)
    let link = try link()
    let worker = try #require(try coordinator.welcome())
    try link.submit([Sample.outcome(7)])
    for _ in 0..<3 { #expect(try coordinator.receive { $0.trials }?.0 == [7]) }
    try coordinator.send(.acknowledged([Sample.outcome(7).trial]), to: worker)
    #expect(try link.flush(timeout: .seconds(5)))
    _ = try coordinator.receive(within: .milliseconds(100))
    #expect(try coordinator.receive(within: .milliseconds(1_000)) { $0.trials } == nil)
    #expect(link.counts.resent >= 2)
  }

  @Test func `heartbeats come in time though the computing thread is busy elsewhere`() throws {
    let coordinator = try FakeCoordinator(at: endpoint)
    let link = try link()
    _ = try #require(try coordinator.welcome(heartbeat: 40))
    var beats = 0
    let end = ContinuousClock.now + .milliseconds(500)
    while ContinuousClock.now < end {
      guard let arrival = try coordinator.router.receive() else {
        usleep(1_000)
        continue
      }
      if try ToCoordinator(frame: arrival.frame) == .heartbeat {
        beats += 1
        try coordinator.send(.heartbeat, to: arrival.peer)
      }
    }
    #expect(beats >= 4 && beats <= 30, "\(beats)")
    #expect(link.counts.welcomes == 1)
  }

  @Test func `a coordinator that restarts at the same place is greeted anew, and nothing is lost`() throws {
    var coordinator: FakeCoordinator? = try FakeCoordinator(at: endpoint, epoch: 1)
    let link = try link()
    _ = try #require(try coordinator?.welcome())
    try expectWelcome(link)
    try link.submit([Sample.outcome(1)])
    #expect(try coordinator?.receive { $0.trials }?.0 == [1])
    coordinator = nil
    try link.submit([Sample.outcome(2)])
    let next = try FakeCoordinator(at: endpoint, epoch: 2)
    let worker = try #require(try next.welcome())
    guard case .welcome(let welcome) = try link.receive(timeout: .seconds(5)) else { throw NoWelcome() }
    #expect(welcome.epoch == Epoch(2))
    var arrived: Set<UInt32> = []
    while arrived != [1, 2], let (trials, _) = try next.receive({ $0.trials }) { arrived.formUnion(trials) }
    #expect(arrived == [1, 2])
    try next.send(.lease(Sample.lease(epoch: 1)), to: worker)
    try next.send(.lease(Sample.lease(epoch: 2)), to: worker)
    #expect(try link.receive(timeout: .seconds(5)) == .lease(Sample.lease(epoch: 2)))
    #expect(link.counts.stale == 1)
  }

  struct NoWelcome: Error {}

  @Test func `a coordinator that forgot the worker hears hello and the outcomes again`() throws {
    let coordinator = try FakeCoordinator(at: endpoint)
    let link = try link { $0.resend = .seconds(30) }
    let worker = try #require(try coordinator.welcome())
    try link.submit([Sample.outcome(1)])
    #expect(try coordinator.receive { $0.trials }?.0 == [1])
    try coordinator.send(.unknownWorker, to: worker)
    let again = try #require(try coordinator.welcome())
    #expect(again == worker)
    #expect(try coordinator.receive { $0.trials }?.0 == [1])
  }

  @Test func `a restarted coordinator is found through its access file at another place`() throws {
    let path = directory.path + "/access.json"
    var timing = LinkTiming(giveUp: .seconds(20))
    timing.hello = .milliseconds(100)
    timing.silence = .milliseconds(300)
    let link = try CoordinatorLink(
      to: .accessFile(path: path), hello: Sample.hello, timing: timing, logger: Logger(label: "link"))
    for epoch in 1...2 as ClosedRange<UInt64> {
      let place = try directory.endpoint(named: "epoch\(epoch)")
      let coordinator = try FakeCoordinator(at: place, epoch: epoch)
      try AccessFile(endpoint: place, epoch: Epoch(epoch), protection: .fileSystem).write(to: path)
      #expect(try coordinator.welcome() != nil)
      try expectWelcome(link)
    }
  }

  @Test func `damaged frames are counted and dropped, and the link goes on`() throws {
    let coordinator = try FakeCoordinator(at: endpoint)
    let link = try link()
    let worker = try #require(try coordinator.welcome())
    try expectWelcome(link)
    var frame = try ToWorker.drain(reason: "told to").encoded()
    frame[frame.count - 1] ^= 1
    _ = try coordinator.router.send(frame, to: worker)
    _ = try coordinator.router.send(Data(), to: worker)
    _ = try coordinator.router.send(Data(count: 1_000), to: worker)
    try coordinator.send(.drain(reason: "really"), to: worker)
    #expect(try link.receive(timeout: .seconds(5)) == .drain(reason: "really"))
    #expect(link.counts.damaged == 3)
  }

  @Test func `a full link makes the worker wait, and goes on when there is room`() throws {
    let coordinator = try FakeCoordinator(at: endpoint)
    let size = try ToCoordinator.outcomes([Sample.outcome(1)]).encoded().count
    let link = try link { $0.unacknowledgedBytes = 3 * size }
    let worker = try #require(try coordinator.welcome())
    let submitted = Monitor(0)
    let thread = DedicatedThread(name: "computing") {
      for unit in 1...6 as ClosedRange<UInt32> {
        try? link.submit([Sample.outcome(unit)])
        submitted.withLock { $0 += 1 }
      }
    }
    usleep(300_000)
    #expect(submitted.withLock { $0 } == 3)
    var acknowledged: Set<UInt32> = []
    while acknowledged.count < 6, let (trials, _) = try coordinator.receive({ $0.trials }) {
      acknowledged.formUnion(trials)
      try coordinator.send(.acknowledged(trials.map { TrialID(stage: .extract, unit: $0) }), to: worker)
    }
    #expect(thread.join(atMost: .seconds(5)))
    #expect(try link.flush(timeout: .seconds(5)))
  }

  @Test func `an artifact comes in pieces and is verified`() throws {
    let artifact = Data((0..<(2 * ArtifactPiece.largest + 17)).map { UInt8(truncatingIfNeeded: $0 >> 8) })
    let coordinator = try FakeCoordinator(at: endpoint)
    let link = try link()
    _ = try #require(try coordinator.welcome())
    let digest = Digest(of: artifact)
    let fetched = Monitor<[Result<Data, LinkError>]>([])
    let thread = DedicatedThread(name: "computing") {
      for digest in [digest, Sample.digest] {
        let result = Result { () throws(LinkError) in try link.fetch(digest, timeout: .seconds(10)) }
        fetched.withLock { $0.append(result) }
      }
    }
    var pieces = 0
    while pieces < 4 {
      let (request, peer) = try #require(
        try coordinator.receive { if case .fetch(let digest, let offset) = $0 { (digest, offset) } else { nil } })
      pieces += 1
      // The second artifact is not what its digest says.
      let piece =
        request.0 == digest
        ? ArtifactPiece(of: artifact, digest: digest, from: request.1)
        : ArtifactPiece(of: Data("something else".utf8), digest: Sample.digest, from: request.1)
      try coordinator.send(.artifact(#require(piece)), to: peer)
    }
    #expect(thread.join(atMost: .seconds(10)))
    let results = fetched.withLock { $0 }
    #expect(try results.first?.get() == artifact)
    let error = #expect(throws: LinkError.self) { try results.last?.get() }
    #expect(error?.code == .artifact)
  }

  @Test func `a refusal ends the link with the coordinator's reason`() throws {
    let coordinator = try FakeCoordinator(at: endpoint)
    let link = try link()
    let (_, peer) = try #require(try coordinator.receive())
    try coordinator.send(.refused("another kernel"), to: peer)
    let error = #expect(throws: LinkError.self) { try link.receive(timeout: .seconds(5)) }
    #expect(error?.code == .refused)
    #expect(error?.description.contains("another kernel") == true)
    #expect(throws: LinkError.self) { try link.submit([Sample.outcome(1)]) }
    #expect(throws: LinkError.self) { try link.send(.heartbeat) }
  }

  @Test func `a coordinator that never answers is given up, and named`() throws {
    let link = try link { $0.giveUp = .milliseconds(700) }
    let error = #expect(throws: LinkError.self) { try link.receive(timeout: .seconds(10)) }
    #expect(error?.code == .lost)
    #expect(error?.description.contains(endpoint.description) == true)
  }

  @Test func `a coordinator that falls silent is given up after reconnecting`() throws {
    let coordinator = try FakeCoordinator(at: endpoint)
    let link = try link {
      $0.silence = .milliseconds(500)
      $0.giveUp = .milliseconds(1_500)
    }
    _ = try #require(try coordinator.welcome())
    coordinator.isAlive = false
    try expectWelcome(link)
    let error = #expect(throws: LinkError.self) { try link.receive(timeout: .seconds(10)) }
    #expect(error?.code == .lost)
    var hellos = 0
    while let (message, _) = try coordinator.receive(within: .milliseconds(100)) {
      if case .hello = message { hellos += 1 }
    }
    #expect(hellos >= 1)
  }

  @Test func `an access file open to others ends the link at once`() throws {
    let path = directory.path + "/access.json"
    try AccessFile(endpoint: endpoint, epoch: Epoch(1), protection: .fileSystem).write(to: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    let link = try CoordinatorLink(
      to: .accessFile(path: path), hello: Sample.hello, timing: LinkTiming(giveUp: .seconds(60)),
      logger: Logger(label: "link"))
    let error = #expect(throws: LinkError.self) { try link.receive(timeout: .seconds(5)) }
    #expect(error?.code == .address)
    #expect(error?.description.contains("chmod 600") == true)
  }
}
