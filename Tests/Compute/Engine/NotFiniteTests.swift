import Catalog
import Foundation
import Testing

@testable import Compute

/// Damaged weights: states that are no numbers must end a walk, not become predictions.
struct NotFiniteTests {
  /// A random model with one value of one tensor replaced.
  private func damaged(_ tensor: String, _ value: Float) throws -> WalkedModel {
    let random = RandomModel(seed: 41)
    var weights = random.oracle.weights
    weights[tensor]?.values[0] = value
    return try WalkedModel(
      RandomModel(seed: 41, oracle: OracleModel(facts: random.facts, weights: weights)), prefix: 2)
  }

  @Test(arguments: [
    ("vision.pre_layrnorm.weight", Float.nan, Site.vision(0)),
    ("vision.encoder.layers.1.mlp.fc2.bias", .infinity, .vision(2)),
    ("projector.linear_2.weight", .nan, .adapter),
    ("decoder.layers.0.self_attn.v_proj.weight", .nan, .llm(1)),
    ("decoder.layers.2.mlp.down_proj.weight", .infinity, .llm(3)),
  ])
  func `a state that is not finite ends every way to walk an image, and the site is named`(
    tensor: String, value: Float, site: Site
  ) throws {
    let model = try damaged(tensor, value)
    let engine = Engine(model: model.model, threads: 2)
    let pixels = model.random.pixels()
    let expected = WalkError(site: site)
    #expect(expected.description.contains("\(site)"))
    #expect(throws: expected) { try engine.baseline(pixels: pixels, prompt: model.prompt, readouts: [:]) }
    #expect(throws: expected) {
      try engine.trace(pixels: pixels, prompt: model.prompt, knockout: nil, context: model.context)
    }
    #expect(throws: expected) {
      try engine.hiddenStates(pixels: pixels, prompt: model.prompt, sites: [.llm(4)], tokens: [0])
    }
  }

  @Test func `a variant whose states are no numbers has no predictions, and the waves beside it have`() throws {
    let model = try WalkedModel(RandomModel(seed: 42), prefix: 1)
    let engine = Engine(model: model.model, threads: 1)
    let trace = try model.baseline(on: engine)
    // Behind the baseline's own check, so that only a variant that computes row 4 meets it.
    trace.residuals[1].pointer[4 * model.adapter.columns] = .infinity
    let baseline = ImageBaseline(predictions: [:], trace: trace, image: 1..<10)
    let requests = [2, 4].map { query in
      VariantRequest(
        edges: EdgeSet(keys: [(query, [0])], edit: .block), window: LayerWindow(first: 2, last: 2), heads: .all,
        lastLayer: 2)
    }
    let waves = engine.waves(of: requests, limit: 1)
    #expect(throws: Never.self) { try engine.walk(waves[0], of: requests, from: baseline, readouts: [:]) }
    #expect(throws: WalkError(site: .llm(2))) { try engine.walk(waves[1], of: requests, from: baseline, readouts: [:]) }
  }
}
