import Catalog
import Compute
import Foundation
import Protocol

/// The work of one lease: a shard to extract, a site to fit, or variants of an image to sweep.
final class LeaseTask {
  let lease: Lease
  let session: WorkSession
  private let memory: Int
  private(set) var unfinished: [TrialID]

  /// A wave should not last longer: it is what a crash costs.
  private static let waveSeconds = 60.0

  init(lease: Lease, session: WorkSession, memory: Int) {
    self.lease = lease
    self.session = session
    self.memory = memory
    unfinished = lease.trials
  }

  /// Computes the trials, delivering outcomes wave by wave, as long as `mayGoOn`. Throws a ``TrialFailure`` for trials that
  /// cannot be computed; what else it throws ends the worker.
  func run(
    fetch: (Digest) throws -> Data, deliver: ([Outcome]) throws -> Void, mayGoOn: () throws -> Bool,
    isWanted: (TrialID) -> Bool
  ) throws {
    guard try mayGoOn(), lease.trials.contains(where: isWanted) else { return }
    let unit = Int(lease.unit)
    guard unit < session.experiment.units(of: lease.stage) else {
      throw WorkError("the coordinator leased \(lease.stage) unit \(unit), which the experiment does not have")
    }
    switch lease.stage {
    case .extract: try deliver([try timed { try extract(unit) }])
    case .fit: try deliver([try timed { try fit(unit) }])
    case .sweep: try sweep(unit, fetch, deliver, mayGoOn, isWanted)
    }
  }

  private func outcome(_ trial: TrialID, _ payload: Outcome.Payload, seconds: Double) -> Outcome {
    unfinished.removeAll { $0 == trial }
    return Outcome(
      trial: trial, lease: lease.id, epoch: lease.epoch, attempt: lease.attempt, inputs: lease.inputs, payload: payload,
      seconds: seconds)
  }

  /// Runs the lease's only trial.
  private func timed(_ body: () throws -> Outcome.Payload) throws -> Outcome {
    let start = ContinuousClock.now
    let payload = try blaming(lease.trials, body)
    return outcome(lease.trials[0], payload, seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  /// Turns errors of the data into failures of these trials, and errors of this machine into failures of the host.
  private func blaming<Value>(_ trials: [TrialID], _ body: () throws -> Value) throws -> Value {
    do {
      let result = Result { try body() }
      // Zeros in place of weights make nonsense of any kind.
      try MappedFiles.check()
      return try result.get()
    } catch let error as AtomicFileError {
      throw TrialFailure(trials: trials, blame: .host, message: "\(error)")
    } catch let error where error is ImageError || error is ProbeError || error is KnockoutError || error is WalkError {
      throw TrialFailure(trials: trials, blame: .trials, message: "\(error)")
    } catch let error as CheckpointError {
      // Features and probes come from the run directory: another host may see them.
      throw TrialFailure(trials: trials, blame: .host, message: "\(error)")
    }
  }

  private func extract(_ unit: Int) throws -> Outcome.Payload {
    let experiment = session.experiment
    let images = try experiment.trainingShard(unit).map { entry in
      let input = try LabelledInput(
        entry, facts: session.engine.model.facts, rule: session.rule, geometry: experiment.data.geometry)
      let tokens = FeatureFile.sample(
        input.labels.gold, count: experiment.probes.tokensPerImage, seed: experiment.seed, image: entry.name)
      let classes = experiment.data.classes.count
      return FeatureFile.ImageFeatures(
        states: try session.engine.hiddenStates(
          pixels: input.pixels, prompt: experiment.model.prompt, sites: experiment.probes.sites, tokens: tokens),
        targets: tokens.flatMap { input.labels.distribution[$0 * classes..<($0 + 1) * classes] },
        gold: tokens.map { input.labels.gold[$0] }, picture: input.pixelDigest)
    }
    let data = try FeatureFile.data(images, sites: experiment.probes.sites, classes: experiment.data.classes.count)
    let digest = Digest(of: data)
    try AtomicFile.write(data, to: session.layout.features(digest))
    return .features(
      .init(digest: digest, bytes: UInt64(data.count), tokens: UInt32(images.reduce(0) { $0 + $1.gold.count })))
  }

  private func fit(_ unit: Int) throws -> Outcome.Payload {
    let experiment = session.experiment
    let files = lease.artifacts.map { session.layout.features($0) }
    for (path, digest) in zip(files, lease.artifacts) {
      guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) else {
        throw TrialFailure(trials: lease.trials, blame: .host, message: "\(path) cannot be read")
      }
      guard Digest(of: data) == digest else {
        throw TrialFailure(
          trials: lease.trials, blame: .host, message: "\(path) is not what was extracted: its digest differs")
      }
    }
    let fit = try ProbeFitter(
      settings: experiment.probes, classes: experiment.data.classes.count, seed: experiment.seed, pool: session.pool
    ).fit(site: experiment.probes.sites[unit], files: files)
    return .probe(
      .init(
        file: try fit.probe.data(), l2: fit.l2, iterations: UInt32(fit.iterations), heldOutAccuracy: fit.heldOutAccuracy
      ))
  }

  private func sweep(
    _ unit: Int, _ fetch: (Digest) throws -> Data, _ deliver: ([Outcome]) throws -> Void, _ mayGoOn: () throws -> Bool,
    _ isWanted: (TrialID) -> Bool
  ) throws {
    try session.load(lease.artifacts, fetch: fetch)
    let start = ContinuousClock.now
    let baseline = TrialID(stage: .sweep, unit: lease.unit)
    // Without its baseline an image has no variants: if the image is at fault, the baseline alone stands for all.
    let image = try blaming(lease.variants.contains(0) ? [baseline] : lease.trials) { try session.image(unit) }
    let payload = Outcome.Payload.cells(image.baselineResults)
    if let expected = lease.baseline, try payload.digest() != expected {
      throw TrialFailure(
        trials: lease.trials, blame: .host,
        message: "the baseline of image \(image.context.image) differs here from the committed one")
    }
    if lease.variants.contains(0), isWanted(baseline) {
      try deliver([outcome(baseline, payload, seconds: (ContinuousClock.now - start) / .seconds(1))])
    }
    try walk(image, deliver, mayGoOn, isWanted)
  }

  private func walk(
    _ image: SweepImage, _ deliver: ([Outcome]) throws -> Void, _ mayGoOn: () throws -> Bool,
    _ isWanted: (TrialID) -> Bool
  ) throws {
    let variants = try lease.variants.filter { $0 > 0 }.map { number in
      guard let index = Int(exactly: number), index <= session.variants.count else {
        throw WorkError("the coordinator leased variant \(number), which the experiment does not have")
      }
      return session.variants[index - 1]
    }
    let edges = try variants.map { variant in
      try blaming([TrialID(stage: .sweep, unit: lease.unit, variant: UInt32(variant.index))]) {
        try image.edges(of: variant)
      }
    }
    let experiment = session.experiment
    let requests = zip(variants, edges).map { variant, edges in
      VariantRequest(
        edges: edges.edges, window: variant.window, heads: experiment.knockouts[variant.knockout].heads,
        lastLayer: experiment.lastLayer(of: variant.window))
    }
    for wave in session.engine.waves(of: requests, limit: waveLimit(rows: image.context.rows)) {
      guard try mayGoOn() else { return }
      let trials = wave.requests.map {
        TrialID(stage: .sweep, unit: lease.unit, variant: UInt32(variants[$0].index))
      }
      guard trials.contains(where: isWanted) else { continue }
      let start = ContinuousClock.now
      let predictions = try blaming(trials) {
        try session.engine.walk(wave, of: requests, from: image.baseline, readouts: session.readouts)
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      session.learn(secondsPerVariant: seconds / Double(wave.requests.count), wave: .seconds(seconds))
      try deliver(
        zip(zip(trials, wave.requests), predictions).map { work, predictions in
          let (trial, request) = work
          return outcome(
            trial,
            .cells(
              image.results(of: edges[request].edges, treatment: edges[request].treatment, predictions: predictions)),
            seconds: seconds / Double(wave.requests.count))
        })
    }
  }

  /// How many variants are walked together: within memory, the lease's limit, and about a minute.
  private func waveLimit(rows: Int) -> Int {
    let fitting = memory / max(1, session.engine.bytesPerFork(rows: rows))
    let quick = session.secondsPerVariant > 0 ? Int(Self.waveSeconds / session.secondsPerVariant) : 8
    return max(1, min(fitting, quick, Int(lease.waveLimit), 32))
  }
}
