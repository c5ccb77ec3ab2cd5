import Catalog
import Dispatch
import Synchronization

extension Findings {
  /// Computes everything from a tally.
  ///
  /// - Parameters:
  ///   - tally: the committed outcomes, added in any order.
  ///   - places: the predictions of the same outcomes, where they were kept.
  ///   - quarantined: trials that were given up.
  ///   - replicates: bootstrap resamples. Takes a while for many images and cells, on all cores; blocks its thread.
  ///   - signFlips: flips of the clusters' signs, to test the effects.
  init(
    _ tally: Tally, places: PlaceTally? = nil, quarantined: [MissingTrial], replicates: Int = 2_000,
    signFlips: Int = 10_000
  ) {
    let experiment = tally.experiment
    // Clusters with a baseline are what is resampled.
    let members = tally.baselinesByCluster
    let active = members.indices.filter { !members[$0].isEmpty }
    let baselines = active.map { members[$0] }
    let seed = experiment.seed
    let bootstrap = Bootstrap(clusters: active.count, replicates: replicates, seed: seed)

    name = experiment.name
    reference = experiment.reference
    featureSite = experiment.model.featureSite
    layers = experiment.model.layers
    images = Coverage(complete: baselines.reduce(0) { $0 + $1.count }, total: experiment.data.evaluate.count)
    clusters = active.count
    grouped = tally.clusters.names.count < experiment.data.evaluate.count
    resampling = Resampling(replicates: replicates, seed: seed, level: Bootstrap.level, signFlips: signFlips)
    sites = onAllCores(experiment.probes.sites.count) { SiteFinding(baselines, site: $0, experiment, bootstrap) }
    dropOff = Self.dropOff(baselines, experiment, bootstrap)
    var knockouts = onAllCores(tally.interventions.count) { KnockoutFinding(tally, $0, active: active, bootstrap) }
    SignFlipTest(replicates: signFlips, seed: seed).adjust(&knockouts, of: tally, active: active)
    if let places {
      let found = onAllCores(knockouts.count) { KnockoutPlaces(places, $0, active: active, bootstrap) }
      for (index, found) in found.enumerated() { knockouts[index].places = found }
    }
    self.knockouts = knockouts
    self.places = places.map { PlaceFindings($0, active: active, bootstrap) }
    gaps = Gaps(
      trials: Coverage(complete: tally.count, total: tally.capacity),
      quarantined: quarantined.sorted { $0.trial < $1.trial })
    var gold = ClassSums(classes: experiment.data.classes.count)
    for image in baselines.joined() { gold.add([], gold: image.gold) }
    classes = zip(experiment.data.classes, gold.gold).map { ClassTokens(name: $0, gold: $1) }
  }

  private static func dropOff(
    _ baselines: [[ImageBaseline]], _ experiment: Experiment, _ bootstrap: Bootstrap
  ) -> Estimate {
    guard let feature = experiment.probes.sites.firstIndex(of: experiment.model.featureSite),
      let adapter = experiment.probes.sites.firstIndex(of: .adapter)
    else { return Estimate(gap: .noProbe) }
    return bootstrap.estimate(
      ClusteredRatio(baselines) { ($0.sites[feature].correct - $0.sites[adapter].correct, $0.valid) })
  }
}

extension SiteFinding {
  /// The baseline at probed site `site`; `baselines` is [cluster][image].
  init(_ baselines: [[ImageBaseline]], site: Int, _ experiment: Experiment, _ bootstrap: Bootstrap) {
    func share(_ part: (ImageBaseline) -> (Int, Int)) -> Estimate {
      bootstrap.estimate(ClusteredRatio(baselines, part))
    }
    self.site = experiment.probes.sites[site]
    accuracy = share { ($0.sites[site].correct, $0.valid) }
    recovery = share { ($0.sites[site].recovered, $0.wrong) }
    relapse = share { ($0.sites[site].relapsed, $0.correct) }
    netRecovery = share { ($0.sites[site].recovered - $0.sites[site].relapsed, $0.wrong + $0.correct) }
    let classes = experiment.data.classes.count
    meanIoU = MeanIoU.estimate(baselines, site: site, classes: classes, bootstrap)
    var sums = ClassSums(classes: classes)
    for image in baselines.joined() { sums.add(image.sites[site].classes, gold: image.gold) }
    classIoU = MeanIoU.perClass(sums)
  }
}

extension ClusteredRatio {
  /// Adds up (numerator, denominator) of the images of each cluster.
  init(_ baselines: [[ImageBaseline]], _ part: (ImageBaseline) -> (Int, Int)) {
    self.init(
      baselines.map { images in
        images.reduce(into: (0, 0)) { sum, image in
          let (numerator, denominator) = part(image)
          sum.0 += numerator
          sum.1 += denominator
        }
      })
  }
}

/// `make` of 0 ..< `count`, in order. Each is computed alone, so the cores change nothing but the time.
func onAllCores<Value: Sendable>(_ count: Int, _ make: @Sendable (Int) -> Value) -> [Value] {
  let made = Mutex<[Int: Value]>([:])
  DispatchQueue.concurrentPerform(iterations: count) { index in
    let value = make(index)
    made.withLock { $0[index] = value }
  }
  return made.withLock { values in (0..<count).compactMap { values[$0] } }
}
