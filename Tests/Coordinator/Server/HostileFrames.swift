import Catalog
import Foundation

@testable import Coordinator
@testable import Protocol

/// Frames that a coordinator should not get: valid messages of a worker that were damaged, with or without a checksum that fits
/// again, from peers that come and go.
struct HostileFrames {
  private var generator: SeededGenerator
  private let payloads: [Data]
  private var peers: [PeerID] = (0..<20).map { _ in PeerID() }

  init(seed: UInt64, lease: Lease) throws {
    generator = SeededGenerator(seed: seed)
    let trials = [TrialID(stage: .sweep, unit: 0, variant: 1), TrialID(stage: .sweep, unit: 1)]
    let messages: [ToCoordinator] = [
      .hello(SmallRun.hello()), .ready(SmallRun.ready(credits: 4)), .credits(3), .heartbeat, .progress(LeaseID(1)),
      .outcomes(trials.map { SmallRun.outcome(of: $0, under: lease) }),
      .outcomes([SmallRun.outcome(of: TrialID(stage: .extract, unit: 0), under: lease)]),
      .failed(.init(lease: LeaseID(1), trials: trials, blame: .host, message: "it failed")),
      .handBack(LeaseID(2), trials), .fetch(SmallRun.model, offset: 3), .goodbye(reason: "tired"), .statusRequest,
    ]
    payloads = try messages.map { try Envelope.open($0.encoded()) }
  }

  mutating func next() throws -> RouterSocket.Arrival {
    // A peer that was cut off comes back under another name.
    if generator.below(50) == 0 { peers[generator.below(peers.count)] = PeerID() }
    var payload = payloads[generator.below(payloads.count)]
    let isSealedAgain = generator.below(3) > 0
    if isSealedAgain { damage(&payload) }
    var frame = try Envelope.seal(payload)
    if !isSealedAgain { damage(&frame) }
    return RouterSocket.Arrival(
      peer: peers[generator.below(peers.count)], role: PeerRole.allCases[generator.below(4)], key: "workers",
      frame: frame)
  }

  private mutating func damage(_ bytes: inout Data) {
    guard !bytes.isEmpty else { return }
    switch generator.below(8) {
    case 0: bytes = bytes.prefix(generator.below(bytes.count))
    case 1: bytes.append(contentsOf: (0..<generator.below(64)).map { _ in UInt8(generator.below(256)) })
    case 2: break
    default:
      for _ in 0...generator.below(4) {
        bytes[bytes.startIndex + generator.below(bytes.count)] = UInt8(generator.below(256))
      }
    }
  }
}
