import Catalog
import Testing

@testable import Compute

/// The engine's walk of random variants against the oracle's full forward.
struct EnginePropertyTests {
  /// Shapes that differ in what the engine treats differently.
  static let models: [(model: RandomModel, prefix: Int)] = [
    (RandomModel(seed: 11), 1),
    (RandomModel(seed: 12), 0),
    (RandomModel(seed: 13, hidden: 20, heads: 3, keyValueHeads: 3, headSize: 6, layers: 3, side: 4), 5),
    // Keys in several words, of which the prefix fills one.
    (RandomModel(seed: 14, hidden: 32, heads: 6, keyValueHeads: 2, headSize: 12, layers: 3, side: 6), 70),
    (RandomModel(seed: 15, hidden: 28, heads: 2, keyValueHeads: 1, headSize: 20, layers: 3, side: 12), 3),
    // A head wider than one block of dimensions.
    (RandomModel(seed: 16, hidden: 24, heads: 2, keyValueHeads: 2, headSize: 80, layers: 2, side: 8), 1),
    // One image token, alone and with company.
    (RandomModel(seed: 17, side: 1), 0),
    (RandomModel(seed: 18, side: 1), 4),
    // Windows of attention, shorter and longer than a word.
    (RandomModel(seed: 19, side: 5, attentionWindow: 4), 3),
    (RandomModel(seed: 20, layers: 3, side: 9, attentionWindow: 70), 2),
    // Image and prompt see each other: a prompt behind the image, around it, none at all, and one in words of its own.
    (RandomModel(seed: 24, side: 4, suffix: 3), 0),
    (RandomModel(seed: 25, hidden: 20, heads: 3, keyValueHeads: 3, headSize: 6, layers: 3, side: 3, suffix: 2), 2),
    (RandomModel(seed: 26, layers: 3, suffix: 0), 0),
    (RandomModel(seed: 27, heads: 4, keyValueHeads: 1, headSize: 20, layers: 3, side: 8, suffix: 70), 0),
  ]

  private static let variants = 7

  @Test(arguments: models)
  func `every row of a wave that is computed is the oracle's, and no other row has changed`(
    random: RandomModel, prefix: Int
  ) throws {
    let model = try WalkedModel(random, prefix: prefix)
    let engine = Engine(model: model.model, threads: 2)
    let trace = try model.baseline(on: engine)
    let baseline = model.oracleStates()
    for layer in 0...model.layers {
      let walked = Matrix(rows: model.rows, columns: baseline[0].columns, values: trace.residuals[layer].array())
      #expect(walked.error(from: baseline[layer]) < OracleFixtureTests.tolerance, "baseline, layer \(layer)")
    }
    var generator = SeededGenerator(seed: 1, UInt64(prefix))
    let variants = (0..<Self.variants).map { _ in RandomVariant(&generator, model: model) }
    let requests = try variants.map { try $0.request(in: model.context, base: trace.base) }
    for (variant, computed) in zip(variants, engine.record(requests, from: trace)) {
      try expect(computed, of: variant, in: model, baseline: baseline)
    }
  }

  private func expect(
    _ computed: ComputedRows, of variant: RandomVariant, in model: WalkedModel, baseline: [Matrix]
  ) throws {
    let (heads, rows) = (model.random.facts.decoder.heads, model.rows)
    let edges = try variant.knockout.effectiveEdges(in: model.context, window: variant.written.window)
    #expect(edges.count == variant.written.effectiveEdges(heads: heads)[0].max())
    let expected = model.oracleStates(variant.written.isOpen)
    let reached = variant.reached(rows: rows, heads: heads, layers: model.layers)
    for layer in 1...variant.lastLayer {
      let states = computed[layer] ?? [:]
      #expect(Set(states.keys) == reached[layer], "\(variant.written), layer \(layer)")
      for row in 0..<rows {
        if let state = states[row] {
          let error = Matrix(rows: 1, columns: state.count, values: state).error(
            from: expected[layer].rows(row..<row + 1))
          #expect(error < OracleFixtureTests.tolerance, "\(variant.written), layer \(layer), row \(row)")
        } else {
          #expect(
            sameBits(expected[layer][row], baseline[layer][row]), "\(variant.written), layer \(layer), row \(row)")
        }
      }
    }
    #expect(computed.keys.allSatisfy { $0 <= variant.lastLayer })
  }

  @Test(arguments: [models[2], models[11]])
  func `most random variants would show an engine that ignores them`(random: RandomModel, prefix: Int) throws {
    let model = try WalkedModel(random, prefix: prefix)
    let baseline = model.oracleStates()
    var generator = SeededGenerator(seed: 1, 5)
    let seen = (0..<Self.variants).count { _ in
      let variant = RandomVariant(&generator, model: model)
      let last = model.oracleStates(variant.written.isOpen)[model.layers]
      return baseline[model.layers].error(from: last) > 100 * OracleFixtureTests.tolerance
    }
    #expect(2 * seen > Self.variants)
  }

  @Test func `a query that loses every key but itself attends to itself`() throws {
    let model = try WalkedModel(Self.models[0].model, prefix: 1)
    let engine = Engine(model: model.model, threads: 1)
    let trace = try model.baseline(on: engine)
    let window = LayerWindow(first: 1, last: model.layers)
    let alone = Knockout(
      name: "alone", edit: .block, queries: .tokens([6]), keys: .union([.image, .prefix]), windows: [window])
    let edges = try alone.effectiveEdges(in: model.context, window: window)
    #expect(edges.count == 6)
    let edit = edges.edgeEdit(window: window, heads: .all, base: trace.base)
    let computed = engine.record([.init(edit: edit, lastLayer: model.layers)], from: trace)[0]
    // As if it were the whole sequence, at its place.
    let expected = model.oracleStates { _, _, query, key in query == key }
    for layer in 1...model.layers {
      let state = try #require(computed[layer]?[6])
      let error = Matrix(rows: 1, columns: state.count, values: state).error(from: expected[layer].rows(6..<7))
      #expect(error < OracleFixtureTests.tolerance)
    }
  }
}
