import Catalog
import Foundation
import Testing

@testable import Compute

/// The bit rule (docs/decisions/0002-bit-rule.md) in every arithmetic that this CPU has.
struct BitRuleTests {
  /// A tiny model, one with odd sizes, and one with several pieces of the inner dimension, several panels of columns, several
  /// words of keys.
  private static let models: [(model: RandomModel, prefix: Int)] = [
    (RandomModel(seed: 21), 2),
    (RandomModel(seed: 22, hidden: 36, heads: 3, keyValueHeads: 1, headSize: 20, layers: 3, side: 8), 1),
    (
      RandomModel(
        seed: 23, hidden: 208, heads: 6, keyValueHeads: 3, headSize: 32, layers: 3, side: 11, intermediate: 848), 5
    ),
    // Image and prompt see each other.
    (RandomModel(seed: 28, hidden: 36, heads: 3, keyValueHeads: 1, headSize: 20, layers: 3, side: 8, suffix: 3), 0),
  ]

  /// Each model in each arithmetic that this CPU has.
  static let cases = models.flatMap { model in
    Arithmetic.here.map { Case(model: model.model, prefix: model.prefix, arithmetic: $0) }
  }

  struct Case: CustomTestStringConvertible {
    let model: RandomModel
    let prefix: Int
    let arithmetic: Arithmetic

    var testDescription: String { "\(model.facts.decoder.hidden) wide, \(arithmetic)" }

    func engine(_ model: WalkedModel, threads: Int) -> Engine {
      Engine(model: model.model, threads: threads, arithmetic: arithmetic)
    }
  }

  /// Variants of all kinds, and the same ones each walked alone on one thread.
  struct Alone {
    let model: WalkedModel
    let trace: BaselineTrace
    let requests: [DecoderWalker.Request]
    let computed: [ComputedRows]

    init(_ given: Case, variants: Int = 8) throws {
      model = try WalkedModel(given.model, prefix: given.prefix)
      let engine = given.engine(model, threads: 1)
      let trace = try model.baseline(on: engine)
      var generator = SeededGenerator(seed: 2, UInt64(given.prefix))
      requests = try (0..<variants).map { [model, trace] _ in
        try RandomVariant(&generator, model: model).request(in: model.context, base: trace.base)
      }
      computed = requests.map { engine.record([$0], from: trace)[0] }
      self.trace = trace
    }

    /// Walks the requests of these indices together; whether each is to the bit what it is alone.
    func agrees(_ wave: [Int], on engine: Engine) -> Bool {
      zip(wave, engine.record(wave.map { requests[$0] }, from: trace)).allSatisfy { sameBits($1, computed[$0]) }
    }
  }

  @Test(arguments: cases)
  func `a variant's bits are the same alone, in any company, in any order and on any number of threads`(
    given: Case
  ) throws {
    let alone = try Alone(given)
    #expect(alone.computed.contains { !$0.isEmpty })
    var generator = SeededGenerator(seed: 3)
    let all = Array(alone.requests.indices)
    for threads in 1...3 {
      let engine = given.engine(alone.model, threads: threads)
      #expect(alone.agrees(all, on: engine), "\(threads) threads, all together")
      #expect(alone.agrees(all.reversed(), on: engine), "\(threads) threads, in reverse")
      #expect(alone.agrees([0, 0, 0, 1], on: engine), "\(threads) threads, beside themselves")
      var rest = generator.sample(all.count, of: all)
      while !rest.isEmpty {
        let wave = Array(rest.prefix(1 + generator.below(4)))
        rest.removeFirst(wave.count)
        #expect(alone.agrees(wave, on: engine), "\(threads) threads, wave \(wave)")
      }
    }
  }

  @Test(arguments: cases)
  func `the baseline's bits are the same on any number of threads`(given: Case) throws {
    let model = try WalkedModel(given.model, prefix: given.prefix)
    let one = given.engine(model, threads: 1)
    let pixels = given.model.pixels()
    let (vision, trace) = (try one.encode(pixels: pixels), try model.baseline(on: one))
    for threads in 2...3 {
      let engine = given.engine(model, threads: threads)
      let (otherVision, other) = (try engine.encode(pixels: pixels), try model.baseline(on: engine))
      #expect(zip(vision.sites, otherVision.sites).allSatisfy(sameBits), "\(threads) threads")
      #expect(sameBits(vision.adapter, otherVision.adapter), "\(threads) threads")
      for (left, right) in zip(trace.residuals, other.residuals) { #expect(sameBits(left.array(), right.array())) }
      for (left, right) in zip(trace.caches, other.caches) {
        #expect(sameBits(left.keys.array(), right.keys.array()) && sameBits(left.values.array(), right.values.array()))
      }
    }
  }

  /// The promise (DESIGN: "equals the baseline to the bit at every site"): rows are walked although nothing changes them.
  @Test(arguments: cases, [1, 2, 3])
  func `a variant without an effective edge is the baseline to the bit where it is walked`(
    given: Case, threads: Int
  ) throws {
    let model = try WalkedModel(given.model, prefix: given.prefix)
    let engine = given.engine(model, threads: threads)
    let trace = try model.baseline(on: engine)
    let base = trace.base
    var generator = SeededGenerator(seed: 4)
    let wave = (1...model.layers).flatMap { first in
      [0..<1, model.rows / 2..<model.rows, model.rows - 1..<model.rows].map { rows in
        let queries = generator.sample(1 + generator.below(rows.count), of: Array(rows))
        let edit = EdgeEdit(
          window: LayerWindow(first: first, last: model.layers), heads: .all,
          masks: (first...model.layers).map { base[$0] },
          queries: RowSet(count: base.rows, queries))
        return DecoderWalker.Request(edit: edit, lastLayer: model.layers)
      }
    }
    for (request, computed) in zip(wave, engine.record(wave, from: trace)) {
      for layer in request.edit.window.first...model.layers {
        let states = try #require(computed[layer])
        #expect(!states.isEmpty)
        for (row, state) in states {
          let expected = trace.state(layer: layer, row: row, width: state.count)
          #expect(sameBits(state, expected), "from layer \(request.edit.window.first), layer \(layer), row \(row)")
        }
      }
    }
  }

  @Test(arguments: cases)
  func `walking more rows than an edit reaches changes no bit, and beyond its reach the effect is exactly zero`(
    given: Case
  ) throws {
    let alone = try Alone(given)
    let engine = given.engine(alone.model, threads: 2)
    let everything = RowSet(count: alone.model.rows, 0..<alone.model.rows)
    let wider = alone.requests.map { request in
      let edit = request.edit
      return DecoderWalker.Request(
        edit: EdgeEdit(window: edit.window, heads: edit.heads, masks: edit.masks, queries: everything),
        lastLayer: request.lastLayer)
    }
    var untouched = 0
    for (index, computed) in engine.record(wider, from: alone.trace).enumerated() {
      for (layer, states) in computed {
        #expect(states.count == alone.model.rows)
        for (row, state) in states {
          let expected = alone.computed[index][layer]?[row]
          if expected == nil { untouched += 1 }
          #expect(
            sameBits(state, expected ?? alone.trace.state(layer: layer, row: row, width: state.count)),
            "variant \(index), layer \(layer), row \(row)")
        }
      }
    }
    #expect(untouched > 0)
  }
}
