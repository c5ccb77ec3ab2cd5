import CSweep
import Catalog
import Foundation
import Testing

@testable import Protocol

/// Messages that arrive whole, but say what no honest sender says: each is refused, naming the field.
@Suite struct `Fields are checked` {
  typealias Outgoing = UnsafeMutablePointer<Sweep__ToCoordinator>

  /// Seals `message` after `change` has made it wrong, and returns the field that decoding complains of.
  private func complaint(
    about message: ToCoordinator, _ change: (Outgoing, MessageArena) throws -> Void
  ) throws -> String? {
    let payload = try Envelope.open(message.encoded())
    let arena = MessageArena()
    let parsed = payload.withUnsafeBytes {
      sweep__to_coordinator__unpack(nil, $0.count, $0.bindMemory(to: UInt8.self).baseAddress)
    }
    let wire = try #require(parsed)
    // Not released: `change` has put memory of the arena into it.
    try change(wire, arena)
    let error = #expect(throws: WireError.self) { try ToCoordinator(frame: Envelope.seal(wire.packed())) }
    guard case .field(let field) = error?.code else { return error?.description }
    return field
  }

  private func hello() -> ToCoordinator {
    .hello(.init(build: "1", host: "h", pid: 1, kernel: "k", threads: 1, memory: 1))
  }

  @Test func `hello lacks nothing`() throws {
    #expect(
      try complaint(about: hello()) { $0.pointee.hello.pointee.build = $1.array("".utf8CString) } == "hello.build")
    #expect(try complaint(about: hello()) { wire, _ in wire.pointee.hello.pointee.pid = 0 } == "hello.pid")
    #expect(try complaint(about: hello()) { wire, _ in wire.pointee.hello.pointee.threads = 0 } == "hello.threads")
    #expect(try complaint(about: hello()) { wire, _ in wire.pointee.hello.pointee.memory = 0 } == "hello.memory")
  }

  @Test(arguments: [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x61, 0xc3]] as [[UInt8]])
  func `text that is not UTF-8 is refused`(bytes: [UInt8]) throws {
    let field = try complaint(about: hello()) { wire, arena in
      wire.pointee.hello.pointee.host = arena.array((bytes + [0]).map { CChar(bitPattern: $0) })
    }
    #expect(field == "hello.host")
  }

  @Test func `text that is too long is refused`() throws {
    let field = try complaint(about: hello()) { wire, arena in
      wire.pointee.hello.pointee.kernel = arena.array([CChar](repeating: 97, count: WireLimits.text + 1) + [0])
    }
    #expect(field == "hello.kernel")
  }

  @Test func `an unknown stage, blame or message is refused`() throws {
    let failed = ToCoordinator.failed(
      .init(lease: LeaseID(1), trials: [TrialID(stage: .sweep, unit: 1)], blame: .host, message: "m"))
    let blame = try complaint(about: failed) { wire, _ in
      wire.pointee.failed.pointee.blame = Sweep__Failed__Blame(rawValue: 9)
    }
    #expect(blame == "failed.blame")
    for raw in [0, 4] as [UInt32] {
      let stage = try complaint(about: failed) { wire, _ in
        wire.pointee.failed.pointee.trials[0]?.pointee.stage = Sweep__Stage(rawValue: raw)
      }
      #expect(stage == "failed.trials.stage")
    }
    let none = try complaint(about: failed) { wire, _ in wire.pointee.failed.pointee.n_trials = 0 }
    #expect(none == "failed.trials")
    let body = try complaint(about: .heartbeat) { wire, _ in
      wire.pointee.body_case = SWEEP__TO_COORDINATOR__BODY__NOT_SET
    }
    #expect(body == "to_coordinator.body")
  }

  @Test func `a digest has 32 bytes`() throws {
    let ready = ToCoordinator.ready(.init(model: Digest(of: Data()), credits: 1))
    for count in [0, 31, 33] {
      let field = try complaint(about: ready) { wire, arena in
        wire.pointee.ready.pointee.model = arena.bytes([UInt8](repeating: 1, count: count))
      }
      #expect(field == "ready.model")
    }
  }

  typealias Change = @Sendable (UnsafeMutablePointer<Sweep__Outcome>, MessageArena) -> Void

  static let outcomeChanges: [(String, Change)] = [
    ("outcome.trial", { wire, _ in wire.pointee.trial = nil }),
    ("outcome.trial.variant", { wire, _ in wire.pointee.trial.pointee.stage = SWEEP__STAGE__STAGE_FIT }),
    ("outcome.attempt", { wire, _ in wire.pointee.attempt = 0 }),
    ("outcome.seconds", { wire, _ in wire.pointee.seconds = .nan }),
    ("outcome.seconds", { wire, _ in wire.pointee.seconds = -1 }),
    ("outcome.payload", { wire, _ in wire.pointee.payload_case = SWEEP__OUTCOME__PAYLOAD__NOT_SET }),
    ("outcome.cells.sets", { wire, _ in wire.pointee.cells.pointee.sets = nil }),
    ("outcome.cells.edges", { wire, _ in wire.pointee.cells.pointee.edges = nil }),
    ("outcome.cells.sets.gold", { wire, _ in wire.pointee.cells.pointee.sets.pointee.n_gold = 0 }),
    ("outcome.cells.sites", { wire, arena in wire.pointee.cells.pointee.sites[0] = arena.array("llm.0".utf8CString) }),
    (
      "outcome.cells.sites",
      { wire, arena in wire.pointee.cells.pointee.sites[1] = arena.array("vision.0".utf8CString) }
    ),
    ("outcome.cells.predictions", { wire, _ in wire.pointee.cells.pointee.n_predictions = 1 }),
    ("outcome.cells.predictions", { wire, _ in wire.pointee.cells.pointee.predictions[0].data[0] = 200 }),
    ("outcome.cells.predictions", { wire, _ in wire.pointee.cells.pointee.predictions[1].len = 1 }),
    ("outcome.cells.gold", { wire, arena in wire.pointee.cells.pointee.gold = arena.bytes([3]) }),
    (
      "outcome.cells.targets",
      { wire, arena in
        wire.pointee.cells.pointee.targets = arena.array([5, 5])
        wire.pointee.cells.pointee.n_targets = 2
      }
    ),
    (
      "outcome.cells.targets",
      { wire, arena in
        wire.pointee.cells.pointee.targets = arena.array([999])
        wire.pointee.cells.pointee.n_targets = 1
      }
    ),
    ("outcome.cells.counts", { wire, _ in wire.pointee.cells.pointee.n_counts = 1 }),
    (
      "outcome.cells.counts.recovered",
      { wire, _ in wire.pointee.cells.pointee.counts[0]?.pointee.recovered = 1_000 }
    ),
    (
      "outcome.cells.counts.intersection",
      { wire, _ in wire.pointee.cells.pointee.counts[1]?.pointee.n_intersection = 1 }
    ),
    ("outcome.cells.sets.wrong", { wire, _ in wire.pointee.cells.pointee.sets.pointee.wrong = .max }),
    ("outcome.cells.sets.target_wrong", { wire, _ in wire.pointee.cells.pointee.sets.pointee.target_wrong = 1_000 }),
  ]

  @Test(arguments: outcomeChanges.indices)
  func `an outcome that contradicts itself is refused by the field`(index: Int) throws {
    let (expected, change) = Self.outcomeChanges[index]
    var random = RandomMessages(seed: 3)
    let outcome = Outcome(
      trial: TrialID(stage: .sweep, unit: 1, variant: 2), lease: LeaseID(1), epoch: Epoch(1), attempt: 1,
      inputs: Digest(of: Data()), payload: .cells(random.cells(tokens: 30, sites: 3, classes: 10)), seconds: 1)
    let field = try complaint(about: .outcomes([outcome])) { wire, arena in
      change(try #require(wire.pointee.outcomes.pointee.outcomes[0]), arena)
    }
    #expect(field == expected)
  }

  @Test func `what a receiver would refuse is not sent`() throws {
    let digest = Digest(of: Data())
    let stageMismatch = Outcome(
      trial: TrialID(stage: .fit, unit: 1), lease: LeaseID(1), epoch: Epoch(1), attempt: 1, inputs: digest,
      payload: .features(.init(digest: digest, bytes: 1, tokens: 1)), seconds: 1)
    #expect(throws: WireError.self) { try ToCoordinator.outcomes([stageMismatch]).encoded() }
    #expect(throws: WireError.self) { try ToCoordinator.outcomes([]).encoded() }
    #expect(throws: WireError.self) { try ToWorker.acknowledged([]).encoded() }
    #expect(throws: WireError.self) { try ToWorker.refused("").encoded() }
    let lease = Lease(
      id: LeaseID(1), epoch: Epoch(1), stage: .sweep, unit: 1, variants: [2, 1], attempt: 1, waveLimit: 1,
      inputs: digest, artifacts: [], baseline: nil)
    #expect(throws: WireError.self) { try ToWorker.lease(lease).encoded() }
    let piece = ArtifactPiece(digest: digest, size: 3, offset: 2, data: Data([1, 2]))
    #expect(throws: WireError.self) { try ToWorker.artifact(piece).encoded() }
  }
}
