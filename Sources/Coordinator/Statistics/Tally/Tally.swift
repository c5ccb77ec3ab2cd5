import Catalog
import Protocol

/// Adds up the outcomes of a sweep, one image under one variant at a time, in any order.
///
/// Only integers are added, so the tally of a set of outcomes is the same to the bit whatever the order. An image counts
/// for an intervention once its baseline and the treatment are in, and for the contrast with the control once all draws
/// of both arms are in as well; until then it waits, and what still waits at the end is a gap that ``Findings`` counts.
public struct Tally: Sendable {
  /// What is being tallied.
  public let experiment: Experiment
  /// The clusters of its evaluation images.
  public let clusters: Clusters

  let interventions: [Intervention]
  /// [image], nil until the baseline is in.
  private(set) var baselines: [ImageBaseline?]
  /// One per intervention.
  var sums: [InterventionSums]
  /// [image]: arms that wait for others, by variant.
  private var waiting: [[Int: Arm]]
  /// [image][variant], flat.
  private var added: [Bool]
  /// [variant], the intervention it belongs to; 0 for the baseline.
  private let owner: [Int]

  /// An empty tally of `experiment`'s sweep.
  public init(_ experiment: Experiment) {
    self.experiment = experiment
    let clusters = Clusters(experiment.data.evaluate)
    self.clusters = clusters
    interventions = Intervention.all(of: experiment)
    sums = interventions.map {
      InterventionSums(
        clusters: clusters.names.count, sites: $0.sites.count, classes: experiment.data.classes.count)
    }
    var owner = [0]
    for (index, intervention) in interventions.enumerated() {
      owner += Array(repeating: index, count: 1 + intervention.contrast.count)
    }
    self.owner = owner
    let images = experiment.data.evaluate.count
    baselines = Array(repeating: nil, count: images)
    waiting = Array(repeating: [:], count: images)
    added = Array(repeating: false, count: images * owner.count)
  }

  /// Whether an outcome was added.
  public func contains(image: Int, variant: Int) -> Bool { added[image * owner.count + variant] }

  /// Outcomes added.
  public private(set) var count = 0

  /// Outcomes that a complete sweep has.
  public var capacity: Int { added.count }

  /// [cluster][image]: the baselines that are in.
  var baselinesByCluster: [[ImageBaseline]] {
    var members: [[ImageBaseline]] = Array(repeating: [], count: clusters.names.count)
    for (image, baseline) in baselines.enumerated() {
      if let baseline { members[clusters.ofImage[image]].append(baseline) }
    }
    return members
  }

  /// Adds evaluation image `image` under `variant` (0 is the baseline, else ``Variant/index``).
  ///
  /// Throws, and changes nothing, if there is no such image or variant, if it was added before, or if the results are
  /// not of this experiment's sites, classes and grid. Throws as well if a control arm and its thinned treatment turn out to
  /// have different targets.
  public mutating func add(image: Int, variant: Int, _ results: CellResults) throws(TallyError) {
    try check(image: image, variant: variant, results)
    added[image * owner.count + variant] = true
    count += 1
    if variant == 0 {
      baselines[image] = ImageBaseline(results)
    } else {
      waiting[image][variant] = Arm(results)
    }
    guard let baseline = baselines[image] else { return }
    let touched = variant == 0 ? Array(Set(waiting[image].keys.map { owner[$0] })) : [owner[variant]]
    for intervention in touched { try fold(intervention, image: image, baseline) }
  }

  /// Moves what is complete from `waiting` to `sums`.
  private mutating func fold(_ index: Int, image: Int, _ baseline: ImageBaseline) throws(TallyError) {
    let intervention = interventions[index]
    let cluster = clusters.ofImage[image]
    if let treatment = waiting[image].removeValue(forKey: intervention.treatment) {
      sums[index].add(treatment: treatment, to: baseline, cluster: cluster, intervention)
    }
    guard !intervention.controls.isEmpty, intervention.contrast.allSatisfy({ waiting[image][$0] != nil }) else {
      return
    }
    let thinned = intervention.thinned.compactMap { waiting[image].removeValue(forKey: $0) }
    let controls = intervention.controls.compactMap { waiting[image].removeValue(forKey: $0) }
    for (draw, (thin, control)) in zip(thinned, controls).enumerated()
    where thin.sets.targetWrong != control.sets.targetWrong || thin.sets.targetCorrect != control.sets.targetCorrect {
      throw TallyError(
        "image \(experiment.data.evaluate[image].name): control \(draw + 1) of knockout "
          + "'\(experiment.knockouts[intervention.knockout].name)' in window \(intervention.window) has another target "
          + "than the thinned treatment it is compared with; this is a fault of the engine, please report it")
    }
    sums[index].add(thinned: thinned, controls: controls, cluster: cluster, intervention)
  }

  private func check(image: Int, variant: Int, _ results: CellResults) throws(TallyError) {
    guard experiment.data.evaluate.indices.contains(image), owner.indices.contains(variant) else {
      throw TallyError("image \(image), variant \(variant): the experiment has no such trial")
    }
    let name = experiment.data.evaluate[image].name
    guard !contains(image: image, variant: variant) else {
      throw TallyError("image \(name), variant \(variant): counted twice; every trial commits once")
    }
    let sites = variant == 0 ? experiment.probes.sites : interventions[owner[variant]].sites
    let classes = experiment.data.classes.count
    guard results.sites == sites, results.counts.count == sites.count, results.sets.gold.count == classes,
      results.counts.allSatisfy({ $0.intersection.count == classes && $0.predicted.count == classes })
    else {
      throw TallyError(
        "image \(name), variant \(variant): the outcome is not of this experiment's \(sites.count) sites and "
          + "\(classes) classes; was it computed for another spec?")
    }
    for counts in results.counts {
      for label in 0..<classes where counts.intersection[label] > min(results.sets.gold[label], counts.predicted[label])
      {
        throw TallyError(
          "image \(name), variant \(variant): more tokens of class '\(experiment.data.classes[label])' are counted as "
            + "right than there are")
      }
    }
    let grid = experiment.model.grid
    let farthest = UInt64(max(grid.rows, grid.columns, 1) - 1)
    guard results.edges.distance <= UInt64(results.edges.effective) * farthest else {
      throw TallyError(
        "image \(name), variant \(variant): \(results.edges.effective) edges cannot span a distance of "
          + "\(results.edges.distance) on a grid of \(grid.rows) × \(grid.columns)")
    }
  }

  /// What is kept of an arm while it waits.
  struct Arm: Sendable {
    let edges: CellResults.EdgeCounts
    let sets: CellResults.SetCounts
    let counts: [CellResults.SiteCounts]

    init(_ results: CellResults) {
      edges = results.edges
      sets = results.sets
      counts = results.counts
    }
  }
}

/// An outcome that does not belong in a tally.
public struct TallyError: Error, CustomStringConvertible {
  /// One sentence.
  public let description: String

  init(_ description: String) { self.description = description }
}
