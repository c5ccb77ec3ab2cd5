import Catalog
import Foundation

@testable import Protocol

/// What comes over the wire. Seeds are payloads; the envelope, whose checksum no mutation would get past, is put around an
/// input here, and the input is also read as a frame.
extension FuzzTarget {
  static let messages = [
    FuzzTarget(name: "to-coordinator") {
      try toCoordinator.map { try Envelope.open($0.encoded()) }
    } read: { data in
      _ = try? ToCoordinator(frame: data)
      let message = try ToCoordinator(frame: Envelope.seal(data))
      expect(try ToCoordinator(frame: message.encoded()) == message)
    },
    FuzzTarget(name: "to-worker") {
      try toWorker.map { try Envelope.open($0.encoded()) }
    } read: { data in
      _ = try? ToWorker(frame: data)
      let message = try ToWorker(frame: Envelope.seal(data))
      expect(try ToWorker(frame: message.encoded()) == message)
    },
    FuzzTarget(name: "access-file") {
      try accessFiles.map { try JSONEncoder().encode($0) }
    } read: { data in
      _ = try AccessFile(path: Scratch().write(data, as: "access.json"))
    },
    FuzzTarget(name: "keyring") {
      [try JSONEncoder().encode(Keyring(now: 1))]
    } read: { data in
      let path = try Scratch().write(data, as: "keys.json")
      let keyring = try Keyring(path: path)
      expect(keyring.holders.count <= keyring.keys.count)
    },
    FuzzTarget(name: "endpoint") {
      ["tcp://127.0.0.1:5000", "tcp://[::1]:9", "ipc:///tmp/a"].map { Data($0.utf8) }
    } read: { data in
      _ = try Endpoint(String(decoding: data, as: UTF8.self))
    },
  ]

  private static var accessFiles: [AccessFile] {
    get throws {
      let endpoint = try Endpoint("tcp://127.0.0.1:5000")
      let keys = try CurveKeyPair()
      return [
        AccessFile(endpoint: endpoint, epoch: Epoch(1), protection: .insecure),
        AccessFile(
          endpoint: endpoint, epoch: Epoch(1), protection: .curve(server: keys.publicKey, worker: keys, status: keys)),
      ]
    }
  }

  private static let trials = [TrialID(stage: .sweep, unit: 3, variant: 2), TrialID(stage: .fit, unit: 1)]
  private static let digest = Digest(of: Data("rebound".utf8))

  static let toCoordinator: [ToCoordinator] = [
    .hello(.init(build: "1", host: "node", pid: 7, kernel: "Haswell", threads: 2, memory: 1 << 30)),
    .ready(.init(model: digest, credits: 2)), .credits(1), .heartbeat, .progress(LeaseID(5)),
    .failed(.init(lease: LeaseID(5), trials: trials, blame: .trials, message: "bad")),
    .handBack(LeaseID(5), trials), .fetch(digest, offset: 9), .goodbye(reason: "done"), .statusRequest,
    .outcomes([
      outcome(.extract, .features(.init(digest: digest, bytes: 99, tokens: 5))),
      outcome(.fit, .probe(.init(file: Data("probe".utf8), l2: 0.1, iterations: 7, heldOutAccuracy: 0.5))),
      outcome(.sweep, .cells(cells)),
    ]),
  ]

  private static let toWorker: [ToWorker] = [
    .welcome(
      .init(
        worker: WorkerID(1), epoch: Epoch(1), experiment: Data("{}".utf8), runDirectory: "/run",
        heartbeatMilliseconds: 1000)),
    .refused("no"), .acknowledged(trials), .takeBack(LeaseID(5), trials), .drain(reason: "end"), .unknownWorker,
    .heartbeat, .status(Data("{}".utf8)),
    .lease(
      .init(
        id: LeaseID(5), epoch: Epoch(1), stage: .sweep, unit: 3, variants: [0, 2, 9], attempt: 1, waveLimit: 8,
        inputs: digest, artifacts: [digest], baseline: digest)),
    .artifact(.init(digest: digest, size: 4, offset: 0, data: Data("data".utf8))),
  ]

  private static func outcome(_ stage: Stage, _ payload: Outcome.Payload) -> Outcome {
    Outcome(
      trial: TrialID(stage: stage, unit: 1), lease: LeaseID(5), epoch: Epoch(1), attempt: 1, inputs: digest,
      payload: payload, seconds: 0.5)
  }

  private static let cells = CellResults(
    sites: [.adapter], predictions: [[0, 1, 1]], gold: [0, 1, .max], targets: [1],
    edges: .init(effective: 4, treatment: 4, distance: 6),
    sets: .init(valid: 2, wrong: 1, correct: 1, targetWrong: 1, targetCorrect: 0, gold: [1, 1]),
    counts: [
      .init(
        correct: 2, recovered: 1, relapsed: 0, targetRecovered: 1, targetRelapsed: 0, baselineTargetRecovered: 0,
        baselineTargetRelapsed: 0, intersection: [1, 1], predicted: [1, 1])
    ])
}
