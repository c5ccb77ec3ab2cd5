import Catalog
import Foundation
import Protocol
import Testing

@Suite struct `Round trips over the wire` {
  @Test(arguments: 0..<RandomMessages.toCoordinatorKinds)
  func `every message to the coordinator comes back equal`(kind: Int) throws {
    for seed in 0..<50 as Range<UInt64> {
      var random = RandomMessages(seed: seed)
      let message = random.toCoordinator(kind: kind)
      #expect(try ToCoordinator(frame: message.encoded()) == message)
    }
  }

  @Test(arguments: 0..<RandomMessages.toWorkerKinds)
  func `every message to a worker comes back equal`(kind: Int) throws {
    for seed in 0..<50 as Range<UInt64> {
      var random = RandomMessages(seed: seed)
      let message = random.toWorker(kind: kind)
      #expect(try ToWorker(frame: message.encoded()) == message)
    }
  }

  @Test(arguments: Stage.allCases)
  func `payloads kept as bytes come back equal, with equal digests`(stage: Stage) throws {
    for seed in 0..<50 as Range<UInt64> {
      var random = RandomMessages(seed: seed)
      let payload = random.outcome(stage).payload
      let back = try Outcome.Payload(encoded: payload.encoded(), of: stage)
      #expect(back == payload)
      #expect(try back.digest() == payload.digest())
      #expect(try random.outcome(stage).payload.digest() != payload.digest())
    }
  }

  @Test(arguments: [1, 254, 255, 256, 65_535])
  func `class indices and void survive at every width`(classes: Int) throws {
    let last = UInt16(classes - 1)
    let cells = CellResults(
      sites: [.adapter], predictions: [[0, last, 0]], gold: [last, CellResults.void, 0], targets: [2],
      edges: .init(effective: 0, treatment: 0, distance: 0),
      sets: .init(
        valid: 2, wrong: 1, correct: 1, targetWrong: 0, targetCorrect: 1, gold: .init(repeating: 0, count: classes)),
      counts: [
        .init(
          correct: 1, recovered: 0, relapsed: 0, targetRecovered: 0, targetRelapsed: 0, baselineTargetRecovered: 0,
          baselineTargetRelapsed: 0, intersection: .init(repeating: 0, count: classes),
          predicted: .init(repeating: 0, count: classes))
      ])
    let payload = Outcome.Payload.cells(cells)
    #expect(try Outcome.Payload(encoded: payload.encoded(), of: .sweep) == payload)
  }

  @Test func `a long sentence is cut on the way, a long name is refused`() throws {
    let long = String(repeating: "ü", count: 10_000)
    guard case .goodbye(let reason) = try ToCoordinator(frame: ToCoordinator.goodbye(reason: long + "\0").encoded())
    else { return #expect(Bool(false), "not a goodbye") }
    #expect(long.hasPrefix(reason) && reason.count >= 1_000)
    let hello = ToCoordinator.Hello(build: long, host: "h", pid: 1, kernel: "k", threads: 1, memory: 1)
    let error = #expect(throws: WireError.self) { try ToCoordinator.hello(hello).encoded() }
    #expect(error?.code == .field("hello.build"))
  }

  @Test func `an artifact's pieces make it whole again`() throws {
    let artifact = Data((0..<(ArtifactPiece.largest + 5)).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    let digest = Digest(of: artifact)
    var whole = Data()
    while whole.count < artifact.count {
      let piece = try #require(ArtifactPiece(of: artifact, digest: digest, from: UInt64(whole.count)))
      #expect(try ToWorker(frame: ToWorker.artifact(piece).encoded()) == .artifact(piece))
      whole += piece.data
    }
    #expect(whole == artifact)
    #expect(ArtifactPiece(of: artifact, digest: digest, from: UInt64(artifact.count)) == nil)
    #expect(ArtifactPiece(of: Data(), digest: Digest(of: Data()), from: 0)?.size == 0)
  }
}
