import Catalog
import Foundation
import Protocol

/// Raw predictions of a made-up sweep, and the experiment that they belong to. Counts come from ``NaiveCounter``.
struct SimulatedSweep {
  let experiment: Experiment
  let images: [Image]

  struct Image {
    /// [token], nil where void.
    let gold: [Int?]
    /// [site][token].
    let baseline: [[Int]]
    /// By variant.
    let variants: [Int: Walk]
  }

  struct Walk {
    let targets: Set<Int>
    /// [site behind the window][token].
    let predictions: [[Int]]
    let edges: CellResults.EdgeCounts
  }

  /// A sweep over `images` images in clusters of `perCluster`, with every arm of `knockouts` simulated.
  init(
    images count: Int, perCluster: Int = 1, classes: Int = 4, knockouts: [Knockout] = Self.twoKnockouts, seed: UInt64,
    matched: Double = 0.9
  ) {
    let experiment = Self.experiment(images: count, perCluster: perCluster, classes: classes, knockouts: knockouts)
    self.experiment = experiment
    var random = SeededGenerator(seed: seed)
    images = (0..<count).map { _ in Image(experiment, matched: matched, &random) }
  }

  /// These images.
  init(experiment: Experiment, images: [Image]) {
    self.experiment = experiment
    self.images = images
  }

  static let twoKnockouts = [
    Knockout(
      name: "anchors", edit: .block, queries: .wrong(.reference), keys: .correct(.reference), relations: [.anchor],
      windows: [LayerWindow(first: 1, last: 1), LayerWindow(first: 2, last: 3)],
      control: .init(draws: 2)),
    Knockout(
      name: "open", edit: .open, queries: .image, keys: .image, windows: [LayerWindow(first: 1, last: 3)]),
  ]

  static func experiment(images: Int, perCluster: Int, classes: Int, knockouts: [Knockout]) -> Experiment {
    Experiment(
      name: "made-up",
      model: .init(
        directory: "/models/made-up", identity: Digest(of: Data("model".utf8)), prefixTokenIDs: [1], layers: 3,
        visionLayers: 2, featureSite: .vision(1), grid: Grid(rows: 4, columns: 6)),
      data: .init(
        classes: (0..<classes).map { "class \($0)" }, void: [], train: [],
        evaluate: (0..<images).map {
          LabelledImage(
            name: "image \($0)", image: "/images/\($0).png", mask: "/masks/\($0).png",
            cluster: "cluster \($0 / perCluster)")
        }),
      probes: .init(
        sites: [.vision(0), .vision(1), .adapter, .llm(1), .llm(2), .llm(3)], method: .softmax, targets: .majority,
        l2: [0.001], tokensPerImage: 64, file: nil),
      reference: .adapter, knockouts: knockouts, horizon: nil, compute: .init(kernel: .uniform), seed: 7)
  }
}

extension SimulatedSweep.Image {
  /// One image whose tokens share their luck, so that tokens are not independent.
  init(_ experiment: Experiment, matched: Double, _ random: inout SeededGenerator) {
    let tokens = experiment.model.grid.tokens
    let classes = experiment.data.classes.count
    let luck = 0.3 + 0.6 * random.uniform()
    let gold: [Int?] = (0..<tokens).map { _ in random.uniform() < 0.1 ? nil : random.below(classes) }
    func predict(_ accuracy: Double) -> [Int] {
      gold.map { label in
        if let label, random.uniform() < accuracy { return label }
        return random.below(classes)
      }
    }
    let baseline = experiment.probes.sites.indices.map { predict(luck + 0.03 * Double($0)) }
    var variants: [Int: SimulatedSweep.Walk] = [:]
    var targets: Set<Int> = []
    var thinnedTargets: Set<Int> = []
    for variant in experiment.variants {
      if variant.arm == .treatment {
        targets = Set((0..<tokens).filter { _ in random.uniform() < 0.5 })
        thinnedTargets = targets.filter { _ in random.uniform() < 0.8 }
      }
      let own = variant.arm == .treatment ? targets : thinnedTargets
      let all = UInt32(10 * targets.count)
      let effective = variant.arm == .treatment ? all : UInt32(Double(all) * matched)
      variants[variant.index] = SimulatedSweep.Walk(
        targets: own, predictions: experiment.sites(behind: variant.window).map { _ in predict(luck - 0.1) },
        edges: .init(effective: effective, treatment: all, distance: UInt64(effective) * 2))
    }
    self.init(gold: gold, baseline: baseline, variants: variants)
  }
}
