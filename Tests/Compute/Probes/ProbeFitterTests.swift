import Catalog
import Foundation
import Testing

@testable import Compute

struct ProbeFitterTests {
  private let small = TrainingSet(seed: 1, images: 6, tokens: 20, hidden: 4, classes: 3)

  /// The largest difference of weights and biases.
  private func difference(_ probe: Probe, _ reference: ProbeReference.Solution) -> Double {
    zip(probe.weight + probe.bias, reference.weight.flatMap { $0 } + reference.bias)
      .reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
  }

  @Test(arguments: [Experiment.Probes.Targets.distribution, .majority])
  func `softmax regression finds the minimum that plain gradient descent in double finds`(
    targets: Experiment.Probes.Targets
  ) throws {
    let fit = try small.fit(l2: [0.1], targets: targets)
    let reference = ProbeReference.minimise(
      small.standardised(), small.targets(majority: targets == .majority), l2: 0.1, softmax: true,
      steps: 1000, rate: 0.8)
    #expect(reference.weight.flatMap { $0 }.contains { abs($0) > 0.3 })
    #expect(difference(fit.probe, reference) < 2e-4)
  }

  @Test(arguments: [Experiment.Probes.Targets.distribution, .majority])
  func `ridge regression finds the minimum that plain gradient descent in double finds`(
    targets: Experiment.Probes.Targets
  ) throws {
    let fit = try small.fit(.ridge, l2: [0.1], targets: targets)
    let reference = ProbeReference.minimise(
      small.standardised(), small.targets(majority: targets == .majority), l2: 0.1, softmax: false,
      steps: 600, rate: 0.4)
    #expect(reference.weight.flatMap { $0 }.contains { abs($0) > 0.05 })
    #expect(difference(fit.probe, reference) < 1e-5)
  }

  @Test func `a fit on strongly correlated features ends with a gradient below the goal`() throws {
    var data = TrainingSet(seed: 2, images: 8, tokens: 60, hidden: 24, classes: 5)
    // Every column is nearly the one before it.
    data.images = data.images.map { image in
      var states = image.states[data.site]!
      for index in states.indices where index % data.hidden > 0 {
        states[index] = states[index - 1] + 0.05 * states[index]
      }
      return FeatureFile.ImageFeatures(
        states: [data.site: states], targets: image.targets, gold: image.gold)
    }
    let fit = try data.fit(l2: [1e-4])
    let solution = (
      weight: stride(from: 0, to: fit.probe.weight.count, by: data.hidden).map { start in
        fit.probe.weight[start..<start + data.hidden].map(Double.init)
      }, bias: fit.probe.bias.map(Double.init)
    )
    let gradient = ProbeReference.gradient(
      solution, data.standardised(), data.targets(), l2: 1e-4, softmax: true)
    #expect((gradient.weight.flatMap { $0 } + gradient.bias).allSatisfy { abs($0) < 2e-5 })
    #expect(fit.iterations < 100)
  }

  @Test(arguments: [Experiment.Probes.Method.softmax, .ridge])
  func `weights are the same to the bit whatever the shards and threads`(
    method: Experiment.Probes.Method
  ) throws {
    // Over two blocks of 4,096 tokens.
    let data = TrainingSet(seed: 3, images: 36, tokens: 240, hidden: 7, classes: 4)
    let whole = try data.fit(method, l2: [0.1, 0.01])
    for (shards, threads) in [([36], 3), ([1, 20, 15], 1), ([18, 0, 18], 2)] {
      let fit = try data.fit(method, l2: [0.01, 0.1], threads: threads, shards: shards)
      #expect(fit.probe.weight == whole.probe.weight)
      #expect(fit.probe.bias == whole.probe.bias)
      #expect(fit.probe.mean == whole.probe.mean && fit.probe.std == whole.probe.std)
      #expect(fit.l2 == whole.l2 && fit.heldOutAccuracy == whole.heldOutAccuracy)
    }
  }

  @Test func `a probe keeps the training features' mean and deviation`() throws {
    let probe = try small.fit().probe
    let rows = small.images.flatMap { image in
      stride(from: 0, to: image.states[small.site]!.count, by: 4).map {
        Array(image.states[small.site]![$0..<$0 + 4])
      }
    }
    for column in 0..<4 {
      let values = rows.map { Double($0[column]) }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(abs(Double(probe.mean[column]) - mean) < 1e-5)
      #expect(abs(Double(probe.std[column]) - variance.squareRoot()) < 1e-5)
    }
  }

  @Test(arguments: [Experiment.Probes.Method.softmax, .ridge])
  func `a constant feature gets deviation 1 and no weight`(method: Experiment.Probes.Method) throws {
    var data = small
    data.images = data.images.map { image in
      var states = image.states[data.site]!
      for index in stride(from: 2, to: states.count, by: 4) { states[index] = 0.1 }
      return FeatureFile.ImageFeatures(
        states: [data.site: states], targets: image.targets, gold: image.gold)
    }
    let probe = try data.fit(method).probe
    #expect(probe.std[2] == 1)
    #expect(stride(from: 2, to: 12, by: 4).allSatisfy { abs(probe.weight[$0]) < 1e-6 })
    #expect(probe.weight.contains { abs($0) > 0.05 })
  }

  @Test(arguments: [Experiment.Probes.Method.softmax, .ridge])
  func `one class alone is learned`(method: Experiment.Probes.Method) throws {
    let fit = try TrainingSet(seed: 4, images: 3, tokens: 9, hidden: 3, classes: 1).fit(method)
    #expect(fit.heldOutAccuracy == 1)
    #expect(fit.probe.weight.allSatisfy { abs($0) < 1e-6 })
  }

  @Test(arguments: [Experiment.Probes.Method.softmax, .ridge])
  func `a class that never occurs is never predicted`(method: Experiment.Probes.Method) throws {
    let data = TrainingSet(seed: 5, images: 8, tokens: 40, hidden: 6, classes: 20, occurring: 3)
    let fit = try data.fit(method)
    #expect(fit.probe.weight.allSatisfy(\.isFinite) && fit.probe.bias.allSatisfy(\.isFinite))
    #expect(fit.heldOutAccuracy > 0.6)
    #expect(fit.probe.bias[3...].max()! < fit.probe.bias[..<3].min()!)
  }

  @Test func `the held-out tenth is of images, and seeded`() {
    #expect(ProbeFitter.heldOut(images: 100, seed: 1).count == 10)
    #expect(ProbeFitter.heldOut(images: 19, seed: 1).count == 1)
    #expect(ProbeFitter.heldOut(images: 2, seed: 1).count == 1)
    #expect(ProbeFitter.heldOut(images: 1, seed: 1).isEmpty)
    #expect(ProbeFitter.heldOut(images: 100, seed: 1) == ProbeFitter.heldOut(images: 100, seed: 1))
    #expect(ProbeFitter.heldOut(images: 100, seed: 1) != ProbeFitter.heldOut(images: 100, seed: 2))
  }

  @Test func `l2 is the one with the least loss on the held-out images`() throws {
    #expect(try small.fit(l2: [1e3, 0.01]).l2 == 0.01)
    // One training image of four tokens invites overfitting.
    let few = TrainingSet(seed: 7, images: 2, tokens: 4, hidden: 12, classes: 3)
    #expect(try few.fit(l2: [0.3, 1e-6]).l2 == 0.3)
  }

  @Test func `a single image cannot choose l2`() throws {
    let data = TrainingSet(seed: 6, images: 1, tokens: 9, hidden: 3, classes: 2)
    let error = #expect(throws: ProbeError.self) { try data.fit() }
    #expect(error?.description.contains("at least two training images") == true)
  }

  @Test func `NaN in the features is an error that names the site`() throws {
    var data = small
    data.images[0] = FeatureFile.ImageFeatures(
      states: [data.site: [Float](repeating: .nan, count: 80)], targets: data.images[0].targets,
      gold: data.images[0].gold)
    let error = #expect(throws: ProbeError.self) { try data.fit() }
    #expect(error?.description.contains("adapter hold NaN") == true)
  }
}
