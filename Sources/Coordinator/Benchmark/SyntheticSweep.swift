import Catalog
import Foundation
import Protocol

/// A sweep without a model, for measuring the coordination: its probes are imported, and its outcomes made up.
public struct SyntheticSweep: Sendable {
  /// What there is to do.
  public let experiment: Experiment
  private let tokens: Int
  private let classes: Int

  /// The build that its workers say they are.
  static let build = "bench"
  private static let kernel = "made up"

  /// `images` × (`variants` + baseline) trials; outcomes of `tokens` image tokens at `sites` sites over `classes` classes.
  /// `probes` is a file that stands for the probes.
  public init(images: Int, variants: Int, tokens: Int, sites: Int, classes: Int, probes: String) {
    self.tokens = tokens
    self.classes = classes
    let names = (0..<classes).map { "class \($0)" }
    experiment = Experiment(
      name: "bench",
      model: .init(
        directory: "/none", identity: Digest(of: Data("none".utf8)), prefixTokenIDs: [1], layers: max(variants, sites),
        visionLayers: 1, featureSite: .vision(1), grid: Grid(rows: 1, columns: tokens)),
      data: .init(
        classes: names, void: [65_535], train: [],
        evaluate: (0..<images).map { .init(name: "\($0)", image: "/\($0)", mask: "/\($0)", cluster: "\($0)") }),
      probes: .init(
        sites: [.adapter] + (1..<max(2, sites)).map { .llm($0) }, method: .imported, targets: .majority, l2: [0.1],
        tokensPerImage: 1, file: probes),
      reference: .adapter,
      knockouts: [
        Knockout(
          name: "all", edit: .block, queries: .wrong(.reference), keys: .image,
          windows: (0..<variants).map { LayerWindow(first: $0 + 1, last: $0 + 1) })
      ], horizon: nil, compute: .init(kernel: .uniform), seed: 1)
  }

  /// The first word of a worker.
  func hello(_ number: Int) -> ToCoordinator.Hello {
    .init(
      build: Self.build, host: "node\(number / 8)", pid: UInt32(number + 1), kernel: Self.kernel, threads: 1,
      memory: 1 << 30)
  }

  /// An outcome of a trial that was leased. Neighbouring tokens tend to agree, as in real predictions.
  func outcome(of trial: TrialID, under lease: Lease) -> Outcome {
    let sites = trial.variant == 0 ? experiment.probes.sites : experiment.probes.sites.filter { $0 > .adapter }
    var generator = SeededGenerator(seed: 1, UInt64(trial.unit), UInt64(trial.variant))
    var label = UInt16(generator.below(classes))
    let predictions = sites.map { _ in
      (0..<tokens).map { _ in
        if generator.below(6) == 0 { label = UInt16(generator.below(classes)) }
        return label
      }
    }
    let nothing = [UInt32](repeating: 0, count: classes)
    let counts = CellResults.SiteCounts(
      correct: 0, recovered: 0, relapsed: 0, targetRecovered: 0, targetRelapsed: 0, baselineTargetRecovered: 0,
      baselineTargetRelapsed: 0, intersection: nothing, predicted: nothing)
    return Outcome(
      trial: trial, lease: lease.id, epoch: lease.epoch, attempt: lease.attempt, inputs: lease.inputs,
      payload: .cells(
        CellResults(
          sites: sites, predictions: predictions,
          gold: trial.variant == 0 ? [UInt16](repeating: 0, count: tokens) : [], targets: [],
          edges: .init(effective: 1, treatment: 1, distance: 0),
          sets: .init(
            valid: UInt32(tokens), wrong: 1, correct: 0, targetWrong: 0, targetCorrect: 0,
            gold: nothing), counts: .init(repeating: counts, count: sites.count))), seconds: 0.1)
  }
}
