import Catalog
import Foundation
import Protocol

@testable import Coordinator

/// Outcomes with planted rates, to look at reports with: recovery rises over the layers, knocking out early layers costs
/// some of it, a control costs half as much.
struct MadeUpOutcomes {
  var name = "made-up scenes"
  var layers = 6
  var images = 60
  var perCluster = 1
  var classes = ["sky", "water", "cloud", "snow", "roof", "wall"]
  var seed: UInt64 = 3
  /// How much a knockout costs, at most.
  var cost = 0.2
  var matched = 0.94

  var experiment: Experiment {
    let single = (1...layers).map { LayerWindow(first: $0, last: $0) }
    let whole = [LayerWindow(first: 1, last: layers)]
    return Experiment(
      name: name,
      model: .init(
        directory: "/models/made-up", identity: Digest(of: Data("model".utf8)), prefixTokenIDs: [1], layers: layers,
        visionLayers: 4, featureSite: .vision(3), grid: Grid(rows: 10, columns: 10)),
      data: .init(
        classes: classes, void: [], train: [],
        evaluate: (0..<images).map {
          .init(
            name: "scene-\($0)", image: "/scenes/\($0).png", mask: "/masks/\($0).png",
            cluster: "group \($0 / perCluster)")
        }),
      probes: .init(
        sites: (0...3).map(Site.vision) + [.adapter] + (1...layers).map(Site.llm), method: .softmax,
        targets: .distribution, l2: [1e-4, 1e-3], tokensPerImage: 64, file: nil),
      reference: .adapter,
      knockouts: [
        .init(
          name: "anchors", edit: .block, queries: .wrong(.reference), keys: .correct(.reference), relations: [.anchor],
          windows: single, control: .init(draws: 2)),
        .init(
          name: "correct-to-wrong", edit: .block, queries: .wrong(.reference), keys: .correct(.reference),
          windows: whole, control: .init(draws: 2, from: .wrong(.reference))),
        .init(name: "bidirectional", edit: .open, queries: .image, keys: .image, windows: whole),
      ], horizon: nil, compute: .init(kernel: .uniform), seed: 7)
  }

  func tally() throws -> Tally {
    let experiment = experiment
    var tally = Tally(experiment)
    var random = SeededGenerator(seed: seed)
    let variants = experiment.variants
    for image in 0..<images {
      let luck = random.uniform()
      let wrong = UInt32(15 + random.below(20))
      let gold = share(of: 96, random: &random)
      var baseline = [Site: CellResults.SiteCounts]()
      for site in experiment.probes.sites {
        let (gain, loss) = rates(site, luck: luck)
        baseline[site] = counts(wrong: wrong, gain: gain, loss: loss, gold: gold, &random)
      }
      for variant in [nil] + variants.map(Optional.some) {
        let sites = variant.map { experiment.sites(behind: $0.window) } ?? experiment.probes.sites
        let results = sites.compactMap { site -> CellResults.SiteCounts? in
          guard let variant, let before = baseline[site] else { return baseline[site] }
          let depth = 1 - Double(variant.window.first - 1) / Double(layers)
          let whole = variant.window.first == variant.window.last ? 0.5 : 1.0
          let isControl = if case .control = variant.arm { true } else { false }
          let cost = cost * depth * whole * (isControl ? 0.4 : 1)
          let (gain, loss) = rates(site, luck: luck)
          let now = counts(wrong: wrong, gain: max(0, gain - cost), loss: loss + cost / 4, gold: gold, &random)
          return merged(now, before)
        }
        try tally.add(
          image: image, variant: variant?.index ?? 0, cells(variant, sites, wrong: wrong, gold: gold, results))
      }
    }
    return tally
  }

  private func cells(
    _ variant: Variant?, _ sites: [Site], wrong: UInt32, gold: [UInt32], _ counts: [CellResults.SiteCounts]
  ) -> CellResults {
    let edges: UInt32 = variant == nil ? 0 : 40 * wrong
    let effective = variant?.arm == .treatment ? edges : UInt32(matched * Double(edges))
    return CellResults(
      sites: sites, predictions: [], gold: [], targets: [],
      edges: .init(effective: effective, treatment: edges, distance: 3 * UInt64(effective)),
      sets: .init(
        valid: 96, wrong: wrong, correct: 96 - wrong, targetWrong: variant == nil ? 0 : wrong, targetCorrect: 0,
        gold: gold),
      counts: counts)
  }

  private func rates(_ site: Site, luck: Double) -> (gain: Double, loss: Double) {
    switch site {
    case .vision(let layer): (0.2 * luck, 0.3 - 0.06 * Double(layer))
    case .adapter: (0, 0)
    case .llm(let layer):
      (0.2 + 0.3 * luck * Double(layer) / Double(layers) + 0.1, 0.05 + 0.03 * luck * Double(layer) / Double(layers))
    }
  }

  private func share(of total: UInt32, random: inout SeededGenerator) -> [UInt32] {
    var gold = Array(repeating: UInt32(0), count: classes.count)
    for _ in 0..<total { gold[random.below(classes.count)] += 1 }
    return gold
  }

  private func counts(
    wrong: UInt32, gain: Double, loss: Double, gold: [UInt32], _ random: inout SeededGenerator
  ) -> CellResults.SiteCounts {
    let recovered = UInt32((0..<wrong).count { _ in random.uniform() < gain })
    let relapsed = UInt32((0..<96 - wrong).count { _ in random.uniform() < loss })
    let correct = 96 - wrong + recovered - relapsed
    let right = gold.map { UInt32(Double($0) * Double(correct) / 96) }
    return .init(
      correct: correct, recovered: recovered, relapsed: relapsed, targetRecovered: recovered, targetRelapsed: 0,
      baselineTargetRecovered: 0, baselineTargetRelapsed: 0, intersection: right, predicted: gold)
  }

  private func merged(_ now: CellResults.SiteCounts, _ before: CellResults.SiteCounts) -> CellResults.SiteCounts {
    .init(
      correct: now.correct, recovered: now.recovered, relapsed: now.relapsed, targetRecovered: now.recovered,
      targetRelapsed: 0, baselineTargetRecovered: before.recovered, baselineTargetRelapsed: 0,
      intersection: now.intersection, predicted: now.predicted)
  }

  func report(quarantined: [MissingTrial] = [], others: [Findings] = [], replicates: Int = 200) throws -> Report {
    Report(
      findings: Findings(try tally(), quarantined: quarantined, replicates: replicates, signFlips: 500),
      provenance: try Provenance(
        experiment: experiment, build: "0.1.0", kernels: ["OpenBLAS Haswell"], nondeterminism: 0), others: others)
  }
}
