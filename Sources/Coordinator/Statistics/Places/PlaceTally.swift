import Catalog
import Protocol

/// Adds up what the predictions of a sweep say about places: how often tokens of each ``Stratum`` are right, how often neighbours of
/// one class are predicted alike, and what confused tokens become. All sums are of integers and kept by cluster.
///
/// Outcomes come image by image, the baseline first, as ``Store/forEachOutcome(of:_:)`` gives them; memory holds one image. Of a
/// knockout only the treatment is counted, at the last site computed.
struct PlaceTally: Sendable {
  /// How many images ``mostChanged`` names of each intervention.
  static let mostChangedKept = 4

  let experiment: Experiment
  let clusters: Clusters
  let strata: [Stratum]
  let interventions: [Intervention]
  /// One per probed site, and one per intervention.
  private(set) var sites: [Sums]
  private(set) var treated: [Sums]
  /// One per intervention: the baseline at the same site over the same images.
  private(set) var untreated: [Sums]
  /// Wrong tokens of the reference by (gold, predicted).
  private(set) var fates: [Confusion: Fate] = [:]
  /// [class]: tokens of ``Stratum/boundary``.
  private(set) var boundaryGold: [Int]
  /// [intervention] the images in which most tokens became right or wrong, the most changed first.
  var mostChanged: [[Int]] { changes.map { $0.map(\.image) } }
  private var changes: [[(tokens: Int, image: Int)]]
  private var current: ImagePlaces?
  /// [site] of the current image.
  private var baseline: [[UInt16]] = []
  private let treatments: [Int: Int]
  private let referenceIndex: Int?

  init(_ experiment: Experiment) {
    self.experiment = experiment
    clusters = Clusters(experiment.data.evaluate)
    strata = Stratum.all(of: experiment.model.grid)
    interventions = Intervention.all(of: experiment)
    let empty = Sums(clusters: clusters.names.count, strata: strata.count)
    sites = Array(repeating: empty, count: experiment.probes.sites.count)
    boundaryGold = Array(repeating: 0, count: experiment.data.classes.count)
    treated = Array(repeating: empty, count: interventions.count)
    changes = Array(repeating: [], count: interventions.count)
    untreated = treated
    treatments = Dictionary(uniqueKeysWithValues: interventions.enumerated().map { ($1.treatment, $0) })
    referenceIndex = experiment.probes.sites.firstIndex(of: experiment.reference)
  }

  /// Sums over the images of each cluster.
  struct Sums: Hashable, Sendable {
    let strata: Int
    /// [cluster][stratum], flat: tokens, and how many of them are right.
    var tokens, correct: [Int]
    /// [cluster]: pairs of neighbours of equal gold class, and how many of them are predicted alike.
    var pairs, alike: [Int]

    init(clusters: Int, strata: Int) {
      self.strata = strata
      tokens = Array(repeating: 0, count: clusters * strata)
      correct = tokens
      pairs = Array(repeating: 0, count: clusters)
      alike = pairs
    }
  }

  /// Adds evaluation image `image` under `variant`, which ``Tally`` has taken. An image without a baseline counts nowhere. Throws where
  /// predictions are not of the model's grid.
  mutating func add(image: Int, variant: Int, _ results: CellResults) throws(TallyError) {
    let tokens = experiment.model.grid.tokens
    guard results.predictions.allSatisfy({ $0.count == tokens }), variant > 0 || results.gold.count == tokens else {
      throw TallyError(
        "image \(experiment.data.evaluate[image].name), variant \(variant): the outcome is not of \(tokens) image tokens; was it"
          + " computed for another spec?")
    }
    if variant == 0 {
      guard let referenceIndex else { return }
      let places = ImagePlaces(
        image: image, gold: results.gold, reference: results.predictions[referenceIndex],
        grid: experiment.model.grid, strata: strata)
      for (site, predictions) in results.predictions.enumerated() {
        sites[site].add(predictions, places, cluster(image))
      }
      current = places
      baseline = results.predictions
      addMistakes(places)
    } else if let index = treatments[variant], let places = current, places.image == image,
      let predictions = results.predictions.last, let site = interventions[index].probes.last
    {
      treated[index].add(predictions, places, cluster(image))
      untreated[index].add(baseline[site], places, cluster(image))
      note(changed: places.changed(from: baseline[site], to: predictions), image: image, index)
      for token in places.wrong {
        fates[places.confusion(of: token)]?.treated[index].add(predictions[token], places.confusion(of: token))
      }
    }
  }

  /// Keeps the images with most changes; of equal ones the first.
  private mutating func note(changed tokens: Int, image: Int, _ index: Int) {
    guard tokens > 0 else { return }
    let place = changes[index].firstIndex { $0.tokens < tokens } ?? changes[index].count
    changes[index].insert((tokens, image), at: place)
    changes[index] = Array(changes[index].prefix(Self.mostChangedKept))
  }

  private func cluster(_ image: Int) -> Int { clusters.ofImage[image] }

  private mutating func addMistakes(_ places: ImagePlaces) {
    for (stratum, members) in zip(strata, places.members) where stratum == .boundary {
      for token in members { boundaryGold[Int(places.gold[token])] += 1 }
    }
    for token in places.wrong {
      let confusion = places.confusion(of: token)
      var fate =
        fates.removeValue(forKey: confusion) ?? Fate(sites: baseline.count, interventions: interventions.count)
      for site in baseline.indices { fate.sites[site].add(baseline[site][token], confusion) }
      fates[confusion] = fate
    }
  }
}

extension PlaceTally.Sums {
  fileprivate mutating func add(_ predictions: [UInt16], _ places: ImagePlaces, _ cluster: Int) {
    let first = cluster * places.members.count
    for (stratum, members) in places.members.enumerated() {
      tokens[first + stratum] += members.count
      correct[first + stratum] += members.count { predictions[$0] == places.gold[$0] }
    }
    pairs[cluster] += places.pairs.count
    alike[cluster] += places.pairs.count { predictions[$0.0] == predictions[$0.1] }
  }
}
