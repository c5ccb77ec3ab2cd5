import Catalog
import Foundation
import Protocol
import Testing

@testable import Worker

/// A link's decisions, in virtual time.
@Suite struct `A link decides` {
  let start = ContinuousClock.now
  var state: LinkState

  init() throws {
    var timing = LinkTiming(giveUp: .seconds(100))
    timing.inFlightBytes = 1
    state = try LinkState(address: "somewhere", hello: Sample.hello, timing: timing, now: start)
  }

  private static let hello = (try? ToCoordinator.hello(Sample.hello).encoded()) ?? Data()

  private mutating func directives(at seconds: Double) throws -> [LinkState.Directive] {
    try state.directives(at: start + .seconds(seconds)).directives
  }

  private mutating func hear(_ message: ToWorker, at seconds: Double) {
    state.receive(message, at: start + .seconds(seconds))
  }

  private func welcome(worker: UInt64 = 1, epoch: UInt64 = 1) -> ToWorker {
    .welcome(
      .init(
        worker: WorkerID(worker), epoch: Epoch(epoch), experiment: Data("{}".utf8), runDirectory: "/r",
        heartbeatMilliseconds: 2_000))
  }

  private mutating func messages(at seconds: Double) throws -> [ToCoordinator] {
    try directives(at: seconds).compactMap {
      if case .send(let frame) = $0 { try ToCoordinator(frame: frame) } else { nil }
    }
  }

  @Test mutating func `hello is said over new connections, ever more rarely, until the end`() throws {
    var times: [Int] = []
    for second in 0..<100 {
      if try directives(at: Double(second)) == [.connect, .send(Self.hello)] { times.append(second) }
    }
    #expect(times == [0, 2, 6, 14, 30, 46, 62, 78, 94])
    #expect(state.failure == nil)
    _ = try directives(at: 100)
    #expect(state.failure?.code == .lost)
  }

  @Test mutating func `a welcome is delivered once, though hello was said twice`() throws {
    _ = try directives(at: 0)
    hear(welcome(), at: 1)
    hear(welcome(), at: 1.1)
    #expect(state.nextMessage() == welcome())
    #expect(state.nextMessage() == nil)
    #expect(try messages(at: 1.2) == [.heartbeat])
    #expect(try messages(at: 2.1) == [])
    #expect(try messages(at: 2.3) == [.heartbeat])
  }

  @Test mutating func `a forgotten worker says hello over the same connection, and only once`() throws {
    _ = try directives(at: 0)
    hear(welcome(), at: 1)
    hear(.unknownWorker, at: 2)
    #expect(try directives(at: 2) == [.send(Self.hello)])
    hear(.unknownWorker, at: 2.1)
    hear(.unknownWorker, at: 2.2)
    #expect(try directives(at: 2.3) == [])
  }

  @Test mutating func `silence leads to a new connection, a word of any kind prevents it`() throws {
    _ = try directives(at: 0)
    hear(welcome(), at: 0)
    hear(.heartbeat, at: 10)
    #expect(try !directives(at: 24).contains(.connect))
    #expect(try directives(at: 25) == [.connect, .send(Self.hello)])
    let isSent = state.send(Data())
    #expect(!isSent)
  }

  @Test mutating func `a withdrawn access file is a farewell, but only to a worker that was welcomed`() throws {
    state.coordinatorHasLeft()
    #expect(state.nextMessage() == nil)
    hear(welcome(), at: 1)
    _ = state.nextMessage()
    state.coordinatorHasLeft()
    #expect(state.nextMessage() == .drain(reason: "the coordinator has left the run"))
  }

  @Test mutating func `outcomes go out one window at a time, and all again after a new welcome`() throws {
    let frames = try (0..<3 as Range<UInt32>).map { try ToCoordinator.outcomes([Sample.outcome($0)]).encoded() }
    for (unit, frame) in frames.enumerated() {
      state.submit(frame, of: [TrialID(stage: .extract, unit: UInt32(unit))])
    }
    _ = try directives(at: 0)
    hear(welcome(), at: 0)
    #expect(try messages(at: 0).compactMap(\.trials) == [[0]])
    #expect(try messages(at: 1).compactMap(\.trials) == [])
    hear(.acknowledged([Sample.outcome(0).trial]), at: 1)
    #expect(try messages(at: 1).compactMap(\.trials) == [[1]])
    hear(.unknownWorker, at: 2)
    _ = try directives(at: 2)
    hear(welcome(worker: 2), at: 3)
    #expect(try messages(at: 3).compactMap(\.trials) == [[1]])
    hear(.acknowledged([Sample.outcome(1).trial, Sample.outcome(2).trial]), at: 3)
    #expect(state.pending.isEmpty && state.pending.bytes == 0)
  }

  @Test mutating func `a slow coordinator is not flooded with repetitions`() throws {
    state.submit(try ToCoordinator.outcomes([Sample.outcome(1)]).encoded(), of: [Sample.outcome(1).trial])
    _ = try directives(at: 0)
    hear(welcome(), at: 0)
    var times: [Int] = []
    for second in 0..<400 {
      hear(.heartbeat, at: Double(second))
      if try messages(at: Double(second)).contains(where: { $0.trials != nil }) { times.append(second) }
    }
    #expect(times == [0, 10, 30, 70, 150, 230, 310, 390])
  }

  @Test mutating func `leases of an earlier epoch are dropped`() throws {
    _ = try directives(at: 0)
    hear(.lease(Sample.lease(epoch: 1)), at: 0)
    hear(welcome(epoch: 1), at: 0)
    hear(.lease(Sample.lease(epoch: 1)), at: 1)
    hear(welcome(epoch: 2), at: 2)
    hear(.lease(Sample.lease(epoch: 1)), at: 3)
    #expect(state.nextMessage() == welcome(epoch: 1))
    #expect(state.nextMessage() == welcome(epoch: 2))
    #expect(state.nextMessage() == nil)
    #expect(state.counts.stale == 2)
  }

  @Test mutating func `another version ends the link, damage does not`() throws {
    var frame = try ToWorker.heartbeat.encoded()
    frame[4] = 2
    let damaged = #expect(throws: WireError.self) { try ToWorker(frame: frame) }
    state.receive(try #require(damaged))
    #expect(damaged?.code == .checksum)
    #expect(state.failure == nil)
    frame.replaceSubrange(16..<32, with: Checksum(of: frame.prefix(16), frame.dropFirst(32)).bytes)
    let other = #expect(throws: WireError.self) { try ToWorker(frame: frame) }
    state.receive(try #require(other))
    #expect(other?.code == .version(2))
    #expect(state.failure?.code == .version)
  }
}
