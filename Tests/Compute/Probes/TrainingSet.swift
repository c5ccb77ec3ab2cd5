import Catalog
import Compute
import Foundation

/// Seeded training images with features that tell their classes apart, but not quite.
struct TrainingSet {
  var images: [FeatureFile.ImageFeatures]
  let classes: Int
  let hidden: Int
  let site = Site.adapter

  /// `occurring` of the classes have tokens. Features have unlike scales and offsets, so that standardising matters.
  init(
    seed: UInt64, images count: Int, tokens: Int, hidden: Int, classes: Int, occurring: Int? = nil
  ) {
    var generator = SeededGenerator(seed: seed)
    let centres = (0..<classes * hidden).map { _ in 2 * generator.uniform() - 1 }
    images = (0..<count).map { _ in
      var (states, targets, gold): ([Float], [Float], [UInt16]) = ([], [], [])
      for _ in 0..<tokens {
        let label = generator.below(occurring ?? classes)
        for column in 0..<hidden {
          let value = centres[label * hidden + column] + 2 * generator.uniform() - 1
          states.append(Float(value * pow(3, Double(column % 3)) + Double(column)))
        }
        // A patch that is mostly its gold, and a little the class after it.
        var share = [Float](repeating: 0, count: classes)
        share[label] = classes > 1 ? 0.75 : 1
        if classes > 1 { share[(label + 1) % (occurring ?? classes)] += 0.25 }
        targets += share
        gold.append(UInt16(label))
      }
      return FeatureFile.ImageFeatures(states: [.adapter: states], targets: targets, gold: gold)
    }
    self.classes = classes
    self.hidden = hidden
  }

  /// The fit on files that hold so many images each.
  func fit(
    _ method: Experiment.Probes.Method = .softmax, l2: [Double] = [0.01],
    targets: Experiment.Probes.Targets = .distribution,
    seed: UInt64 = 1, threads: Int = 1, shards: [Int]? = nil
  ) throws -> ProbeFitter.Fit {
    let folder = try TemporaryFolder()
    var first = 0
    let files = try (shards ?? [images.count]).enumerated().map { index, count in
      defer { first += count }
      let data = try FeatureFile.data(
        Array(images[first..<first + count]), sites: [site], classes: classes)
      return try folder.write("\(index).safetensors", data)
    }
    let settings = Experiment.Probes(
      sites: [site], method: method, targets: targets, l2: l2, tokensPerImage: 64, file: nil)
    return try ProbeFitter(
      settings: settings, classes: classes, seed: seed, pool: ThreadPool(threads: threads)
    )
    .fit(site: site, files: files)
  }

  /// [token][hidden], standardised in double by mean and deviation of the population.
  func standardised() -> [[Double]] {
    let rows = images.flatMap { image in
      let states = image.states[site] ?? []
      return stride(from: 0, to: states.count, by: hidden).map { states[$0..<$0 + hidden].map(Double.init) }
    }
    let count = Double(rows.count)
    let mean = (0..<hidden).map { column in rows.reduce(0) { $0 + $1[column] } / count }
    let std = (0..<hidden).map { column in
      let variance =
        rows.reduce(0) { $0 + ($1[column] - mean[column]) * ($1[column] - mean[column]) } / count
      return variance > 0 ? variance.squareRoot() : 1
    }
    return rows.map { row in row.indices.map { (row[$0] - mean[$0]) / std[$0] } }
  }

  /// [token][class]
  func targets(majority: Bool = false) -> [[Double]] {
    images.flatMap { image in
      image.gold.indices.map { token in
        (0..<classes).map { k in
          majority
            ? (Int(image.gold[token]) == k ? 1 : 0) : Double(image.targets[token * classes + k])
        }
      }
    }
  }
}
