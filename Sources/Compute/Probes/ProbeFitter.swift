import Catalog
import Foundation

/// Fits the probe of one site: λ on a held-out tenth of the training images, then again on all of them.
public struct ProbeFitter {
  /// A fitted probe and how it came about.
  public struct Fit: Sendable {
    /// The probe.
    public let probe: Probe
    /// The chosen λ.
    public let l2: Double
    /// L-BFGS iterations of the final fit; 0 for ridge.
    public let iterations: Int
    /// Token accuracy on the held-out images at the chosen λ.
    public let heldOutAccuracy: Double
  }

  private let settings: Experiment.Probes
  private let classes: Int
  private let seed: UInt64
  private let pool: ThreadPool

  /// A fitter that computes on `pool`.
  public init(settings: Experiment.Probes, classes: Int, seed: UInt64, pool: ThreadPool) {
    self.settings = settings
    self.classes = classes
    self.seed = seed
    self.pool = pool
  }

  /// Fits on the feature files, in shard order. The weights depend on the images and their order alone, not on shards or
  /// threads. Throws an error that names the file or says what would fix the fit.
  public func fit(site: Site, files: [String]) throws -> Fit {
    var features = try SiteFeatures(site: site, files: files, classes: classes)
    if settings.targets == .majority { features = features.withMajorityTargets() }
    let (l2, accuracy, start) = try chooseL2(features)
    let data = DesignMatrix(features)
    let (point, iterations) = try solve(data, l2, from: start)
    let weights = classes * data.hidden
    let probe = Probe(
      site: site, classes: classes, hidden: data.hidden, weight: point[..<weights].map(Float.init),
      bias: point[weights...].map(Float.init), mean: data.mean.map { Float($0) }, std: data.std.map { Float($0) },
      pictures: features.pictures)
    return Fit(probe: probe, l2: l2, iterations: iterations, heldOutAccuracy: accuracy)
  }

  /// The images whose tokens choose λ: a seeded tenth, at least one where there are two.
  static func heldOut(images: Int, seed: UInt64) -> Set<Int> {
    guard images > 1 else { return [] }
    var generator = SeededGenerator(seed: seed, UInt64(naming: "held-out"))
    return Set(generator.sample(max(1, images / 10), of: Array(0..<images)))
  }

  /// The λ with the least held-out loss (cross-entropy, or squared error for ridge), the token accuracy there, and the
  /// solution without the held-out images.
  private func chooseL2(_ features: SiteFeatures) throws -> (l2: Double, accuracy: Double, point: [Double]) {
    let candidates = settings.l2.sorted(by: >)
    let held = Self.heldOut(images: features.images.count, seed: seed)
    let training = features.restricted(to: features.images.indices.filter { !held.contains($0) })
    let testing = features.restricted(to: features.images.indices.filter(held.contains))
    guard !candidates.isEmpty else { throw ProbeError("probes.l2 lists no value") }
    guard !training.gold.isEmpty, !testing.gold.isEmpty else {
      throw ProbeError("probes need at least two training images with labelled tokens, one of them to choose l2 on")
    }
    let data = DesignMatrix(training)
    let path = try solve(data, path: candidates)
    let scores = path.map { score($0, data, testing) }
    let best = candidates.indices.min { (scores[$0].loss, $0) < (scores[$1].loss, $1) } ?? 0
    return (candidates[best], scores[best].accuracy, path[best])
  }

  /// Solutions along the λ path; each softmax fit starts from the one before.
  private func solve(_ data: DesignMatrix, path: [Double]) throws -> [[Double]] {
    if settings.method == .ridge {
      let ridge = RidgeRegression(data: data, pool: pool)
      return try path.map { try ridge.solve(l2: $0) }
    }
    var point = [Double](repeating: 0, count: data.classes * (data.hidden + 1))
    return try path.map { l2 in
      point = try solve(data, l2, from: point).point
      return point
    }
  }

  private func solve(_ data: DesignMatrix, _ l2: Double, from start: [Double]) throws -> (
    point: [Double], iterations: Int
  ) {
    switch settings.method {
    case .ridge: (try RidgeRegression(data: data, pool: pool).solve(l2: l2), 0)
    case .softmax: try SoftmaxRegression(data: data, l2: l2, pool: pool).fit(from: start)
    case .imported: throw ProbeError("imported probes are not fitted")
    }
  }

  private func score(_ point: [Double], _ data: DesignMatrix, _ testing: SiteFeatures) -> (
    loss: Double, accuracy: Double
  ) {
    let hidden = data.hidden
    var loss = 0.0
    var hits = 0
    var logits = [Double](repeating: 0, count: classes)
    for token in testing.gold.indices {
      for k in 0..<classes {
        var sum = point[classes * hidden + k]
        for column in 0..<hidden {
          let value = (Double(testing.values[token * hidden + column]) - data.mean[column]) / data.std[column]
          sum += point[k * hidden + column] * value
        }
        logits[k] = sum
      }
      let best = logits.indices.max { (logits[$0], -$0) < (logits[$1], -$1) } ?? 0
      if best == testing.gold[token] { hits += 1 }
      let target = testing.targets[token * classes..<(token + 1) * classes].map(Double.init)
      switch settings.method {
      case .ridge: loss += zip(target, logits).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      case .softmax, .imported:
        let top = logits[best]
        let total = log(logits.reduce(0) { $0 + exp($1 - top) }) + top
        loss += zip(target, logits).reduce(0) { $0 + $1.0 * (total - $1.1) }
      }
    }
    return (loss, Double(hits) / Double(testing.gold.count))
  }
}
