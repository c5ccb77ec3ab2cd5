import Catalog
import Protocol

@testable import Coordinator

/// Counts a simulated image token by token, as the definitions say.
enum NaiveCounter {
  static func results(_ sweep: SimulatedSweep, image: Int, variant: Int) -> CellResults {
    let experiment = sweep.experiment
    let raw = sweep.images[image]
    let sites: [Site]
    let predictions: [[Int]]
    let walk = raw.variants[variant]
    if variant == 0 {
      sites = experiment.probes.sites
      predictions = raw.baseline
    } else {
      sites = experiment.sites(behind: experiment.variants[variant - 1].window)
      predictions = walk?.predictions ?? []
    }
    let targets = walk?.targets ?? []
    let reference = raw.baseline[experiment.probes.sites.firstIndex(of: experiment.reference) ?? 0]
    let tokens = raw.gold.indices
    func count(_ holds: (Int, Int) -> Bool) -> UInt32 {
      var total: UInt32 = 0
      for token in tokens { if let gold = raw.gold[token], holds(token, gold) { total += 1 } }
      return total
    }
    func perClass(_ holds: (Int, Int, Int) -> Bool) -> [UInt32] {
      experiment.data.classes.indices.map { label in count { holds($0, $1, label) } }
    }
    return CellResults(
      sites: sites, predictions: predictions.map { $0.map { UInt16($0) } },
      gold: variant == 0 ? raw.gold.map { $0.map { UInt16($0) } ?? CellResults.void } : [],
      targets: targets.sorted().map { UInt32($0) },
      edges: walk?.edges ?? .init(effective: 0, treatment: 0, distance: 0),
      sets: .init(
        valid: count { _, _ in true }, wrong: count { reference[$0] != $1 }, correct: count { reference[$0] == $1 },
        targetWrong: count { targets.contains($0) && reference[$0] != $1 },
        targetCorrect: count { targets.contains($0) && reference[$0] == $1 },
        gold: perClass { _, gold, label in gold == label }),
      counts: zip(sites, predictions).map { site, now in
        let base = raw.baseline[experiment.probes.sites.firstIndex(of: site) ?? 0]
        return .init(
          correct: count { now[$0] == $1 },
          recovered: count { reference[$0] != $1 && now[$0] == $1 },
          relapsed: count { reference[$0] == $1 && now[$0] != $1 },
          targetRecovered: count { targets.contains($0) && reference[$0] != $1 && now[$0] == $1 },
          targetRelapsed: count { targets.contains($0) && reference[$0] == $1 && now[$0] != $1 },
          baselineTargetRecovered: count { targets.contains($0) && reference[$0] != $1 && base[$0] == $1 },
          baselineTargetRelapsed: count { targets.contains($0) && reference[$0] == $1 && base[$0] != $1 },
          intersection: perClass { token, gold, label in gold == label && now[token] == label },
          predicted: perClass { token, _, label in now[token] == label })
      })
  }

  /// A tally of `trials`, or of all, added in the order given.
  static func tally(_ sweep: SimulatedSweep, trials: [(image: Int, variant: Int)]? = nil) throws -> Tally {
    var tally = Tally(sweep.experiment)
    for trial in trials ?? allTrials(sweep) {
      try tally.add(
        image: trial.image, variant: trial.variant, results(sweep, image: trial.image, variant: trial.variant))
    }
    return tally
  }

  /// What `trials`, or all, say about places; image by image, each one's baseline first.
  static func places(_ sweep: SimulatedSweep, trials: [(image: Int, variant: Int)]? = nil) throws -> PlaceTally {
    var places = PlaceTally(sweep.experiment)
    for trial in trials ?? allTrials(sweep) {
      try places.add(
        image: trial.image, variant: trial.variant, results(sweep, image: trial.image, variant: trial.variant))
    }
    return places
  }

  static func allTrials(_ sweep: SimulatedSweep) -> [(image: Int, variant: Int)] {
    sweep.images.indices.flatMap { image in
      (0...sweep.experiment.variants.count).map { (image: image, variant: $0) }
    }
  }
}
