import Catalog
import Testing

@testable import Compute

/// Waves of variants as a worker asks for them: requests in, predictions out.
struct VariantWalkTests {
  private static let classes = 5

  private struct Setting {
    let model: WalkedModel
    let engine: Engine
    let readouts: [Site: Readout]
    let weights: [Site: (weight: [Float], bias: [Float])]
    let baseline: ImageBaseline
    let variants: [RandomVariant]
    let requests: [VariantRequest]

    /// With a `suffix` image and prompt see each other.
    init(threads: Int = 1, suffix: Int? = nil) throws {
      model = try WalkedModel(RandomModel(seed: 31, layers: 5, side: 8, suffix: suffix), prefix: 3)
      engine = Engine(model: model.model, threads: threads)
      var generator = SeededGenerator(seed: 32)
      // Not every site has a probe.
      let sites: [(Site, Int)] = [(.vision(1), 12), (.adapter, 24), (.llm(1), 24), (.llm(3), 24), (.llm(5), 24)]
      var (readouts, weights): ([Site: Readout], [Site: (weight: [Float], bias: [Float])]) = ([:], [:])
      for (site, width) in sites {
        let weight = (0..<classes * width).map { _ in Float(generator.normal()) }
        let bias = (0..<classes).map { _ in Float(generator.normal()) }
        weights[site] = (weight, bias)
        readouts[site] = Readout(weight: weight, bias: bias, classes: classes, hidden: width)
      }
      (self.readouts, self.weights) = (readouts, weights)
      baseline = try engine.baseline(pixels: model.random.pixels(), prompt: model.prompt, readouts: readouts)
      let drawn = (0..<10).map { [model] _ in RandomVariant(&generator, model: model) }
      // One twice, and one that edits nothing.
      let none = OracleKnockout(
        edit: .block, queries: [4], keys: suffix == nil ? [9] : [4], window: LayerWindow(first: 2, last: 3),
        heads: .all,
        prefix: 3, grid: model.random.facts.grid, suffix: suffix ?? 0, isCausal: suffix == nil)
      variants = drawn + [drawn[3], RandomVariant(written: none, lastLayer: 5)]
      requests = try variants.map { [model] variant in
        VariantRequest(
          edges: try variant.knockout.effectiveEdges(in: model.context, window: variant.written.window),
          window: variant.written.window, heads: variant.knockout.heads, lastLayer: variant.lastLayer)
      }
    }

    /// Every request's predictions, walked in waves of at most `limit`.
    func walk(limit: Int) throws -> [[Site: [UInt16]]] {
      var results = [[Site: [UInt16]]](repeating: [:], count: requests.count)
      for wave in engine.waves(of: requests, limit: limit) {
        let walked = try engine.walk(wave, of: requests, from: baseline, readouts: readouts)
        for (request, predictions) in zip(wave.requests, walked) { results[request] = predictions }
      }
      return results
    }
  }

  @Test func `predictions don't depend on the size of waves or on threads`() throws {
    let expected = try Setting().walk(limit: 1)
    for threads in 1...3 {
      let setting = try Setting(threads: threads)
      for limit in [2, 3, 100] { #expect(try setting.walk(limit: limit) == expected, "\(threads) threads, \(limit)") }
    }
  }

  @Test func `every request is served once, and waves keep their limit`() throws {
    let setting = try Setting()
    for limit in [1, 2, 5, 100] {
      let waves = setting.engine.waves(of: setting.requests, limit: limit)
      #expect(waves.flatMap(\.requests).sorted() == Array(setting.requests.indices))
      // One request is another's twin, one edits nothing: neither costs a walk.
      let walks = setting.requests.indices.count { setting.requests[$0].edges.count > 0 } - 1
      #expect(waves.count == (walks + limit - 1) / limit + 1)
    }
  }

  @Test(arguments: [nil, 2])
  func `predictions are the oracle's largest logits at every probed site from the window to the horizon`(
    suffix: Int?
  ) throws {
    let setting = try Setting(suffix: suffix)
    let model = setting.model
    let pixels = model.random.pixels()
    let states = model.oracle.run(pixels: pixels, prompt: model.prompt)
    for site in setting.readouts.keys {
      try expect(#require(setting.baseline.predictions[site]), at: site, states: states, setting)
    }
    let adapter = try #require(states.tokens(.adapter))
    for (variant, predictions) in zip(setting.variants, try setting.walk(limit: 4)) {
      let sites = setting.readouts.keys.filter {
        .llm(variant.written.window.first) <= $0 && $0 <= .llm(variant.lastLayer)
      }
      #expect(Set(predictions.keys) == Set(sites))
      let edited = model.oracle.run(adapter: adapter, prompt: model.prompt, edges: variant.written.isOpen)
      for (site, predictions) in predictions { try expect(predictions, at: site, states: edited, setting) }
    }
  }

  /// The class of the largest logit at every token; where two are within rounding, either.
  private func expect(
    _ predictions: [UInt16], at site: Site, states: OracleForward.States, _ setting: Setting
  ) throws {
    let tokens = try #require(states.tokens(site))
    let (weight, bias) = try #require(setting.weights[site])
    let logits = OracleMath.linear(
      tokens, ([Self.classes, tokens.columns], weight), bias: ([Self.classes], bias))
    #expect(predictions.count == tokens.rows)
    for (token, predicted) in predictions.enumerated() {
      let row = logits[token]
      #expect(row[Int(predicted)] >= (row.max() ?? 0) - 1e-3, "\(site), token \(token)")
    }
  }

  @Test func `a variant that edits nothing has the baseline's predictions`() throws {
    let setting = try Setting()
    let predictions = try setting.walk(limit: 3)[setting.requests.count - 1]
    #expect(setting.requests[setting.requests.count - 1].edges.count == 0)
    #expect(predictions == setting.baseline.predictions.filter { $0.key >= .llm(2) })
    #expect(!predictions.isEmpty)
  }
}
