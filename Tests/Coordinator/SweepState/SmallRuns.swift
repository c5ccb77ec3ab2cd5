import Catalog
import Foundation
import Protocol

@testable import Coordinator

/// Small experiments and made-up outcomes for tests of the coordination: nothing is computed.
enum SmallRun {
  static let model = Digest(of: Data("model".utf8))
  static let build = "1.0"
  static let kernel = "OpenBLAS Haswell"

  static func experiment(
    training: Int = 16, images: Int = 3, windows: Int = 4, method: Experiment.Probes.Method = .softmax,
    kernel: Experiment.Compute.KernelPolicy = .uniform, seed: UInt64 = 7, probeFile: String? = nil
  ) -> Experiment {
    func pictures(_ count: Int, _ split: String) -> [LabelledImage] {
      (0..<count).map {
        LabelledImage(name: "\(split)\($0)", image: "/\(split)/\($0).png", mask: "/m.png", cluster: "\($0)")
      }
    }
    return Experiment(
      name: "small",
      model: .init(
        directory: "/models/small", identity: model, prefixTokenIDs: [1], layers: max(2, windows), visionLayers: 2,
        featureSite: .vision(1), grid: Grid(rows: 2, columns: 2)),
      data: .init(
        classes: ["sky", "road"], void: [255], train: pictures(training, "train"),
        evaluate: pictures(images, "val")),
      probes: .init(
        sites: [.vision(1), .adapter, .llm(1)], method: method, targets: .majority, l2: [0.1], tokensPerImage: 4,
        file: probeFile),
      reference: .adapter,
      knockouts: [
        Knockout(
          name: "wrong", edit: .block, queries: .wrong(.reference), keys: .image,
          windows: (0..<windows).map { LayerWindow(first: $0 + 1, last: $0 + 1) })
      ], horizon: nil, compute: .init(kernel: kernel), seed: seed)
  }

  static func hello(host: String = "n1", pid: UInt32 = 1, kernel: String = kernel, build: String = build)
    -> ToCoordinator.Hello
  {
    .init(build: build, host: host, pid: pid, kernel: kernel, threads: 1, memory: 1 << 30)
  }

  static func ready(credits: UInt32 = 1) -> ToCoordinator.Ready { .init(model: model, credits: credits) }

  /// What a trial returns: the same from every worker, unless `twist` differs.
  static func payload(of trial: TrialID, twist: UInt32 = 0) -> Outcome.Payload {
    switch trial.stage {
    case .extract:
      return .features(
        .init(digest: Digest(of: feature(of: trial)), bytes: UInt64(feature(of: trial).count), tokens: 32 + twist))
    case .fit:
      return .probe(
        .init(file: Data("probe \(trial.unit)".utf8), l2: 0.1, iterations: 12 + twist, heldOutAccuracy: 0.5))
    case .sweep:
      let sites: [Site] = trial.variant == 0 ? [.vision(1), .adapter, .llm(1)] : [.llm(1)]
      let label = UInt16((trial.unit + trial.variant + twist) % 2)
      let prediction = [[UInt16]](repeating: [label, 0, 1, 1], count: sites.count)
      let counts = CellResults.SiteCounts(
        correct: 2, recovered: 0, relapsed: 0, targetRecovered: 0, targetRelapsed: 0, baselineTargetRecovered: 0,
        baselineTargetRelapsed: 0, intersection: [1, 1], predicted: [2, 2])
      return .cells(
        CellResults(
          sites: sites, predictions: prediction, gold: trial.variant == 0 ? [0, 0, 1, CellResults.void] : [],
          targets: [], edges: .init(effective: trial.variant, treatment: trial.variant, distance: 0),
          sets: .init(valid: 3, wrong: 1, correct: 2, targetWrong: 0, targetCorrect: 0, gold: [2, 1]),
          counts: .init(repeating: counts, count: sites.count)))
    }
  }

  /// The content of a feature file.
  static func feature(of trial: TrialID) -> Data { Data("features of \(trial)".utf8) }

  static func outcome(of trial: TrialID, under lease: Lease, twist: UInt32 = 0) -> Outcome {
    Outcome(
      trial: trial, lease: lease.id, epoch: lease.epoch, attempt: lease.attempt, inputs: lease.inputs,
      payload: payload(of: trial, twist: twist), seconds: 0.5)
  }

  static func encoded(_ trial: TrialID, inputs: Digest = model) throws -> EncodedOutcome {
    try EncodedOutcome(
      Outcome(
        trial: trial, lease: LeaseID(1), epoch: Epoch(1), attempt: 1, inputs: inputs, payload: payload(of: trial),
        seconds: 0.5))
  }
}

/// A directory that is removed with the value.
final class ScratchDirectory: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
