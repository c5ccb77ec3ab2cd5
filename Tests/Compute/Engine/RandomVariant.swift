import Catalog

@testable import Compute

/// A made-up variant, said twice: as a knockout for the code under test, and edge by edge for the oracle.
struct RandomVariant {
  let knockout: Knockout
  let written: OracleKnockout
  let lastLayer: Int

  /// The variant that an oracle's knockout describes.
  init(written: OracleKnockout, lastLayer: Int) {
    self.written = written
    self.lastLayer = lastLayer
    let relations = [written.within.map(Relation.within), written.beyond.map(Relation.beyond)].compactMap { $0 }
    knockout = Knockout(
      name: "random", edit: written.edit, queries: .tokens(written.queries.sorted()),
      keys: .tokens(written.keys.sorted()), relations: relations, windows: [written.window], heads: written.heads)
  }

  /// Any variant.
  init(_ generator: inout SeededGenerator, model: WalkedModel) {
    let facts = model.random.facts
    // Where all see each other there is nothing to open.
    let edit = generator.below(3) == 0 && facts.decoder.isCausal ? Knockout.Edit.open : .block
    let queries = Self.rows(&generator, count: model.rows)
    let keys = Self.rows(&generator, count: model.rows)
    let radius = generator.below(4)
    let relation = generator.below(4)
    let first = 1 + generator.below(model.layers)
    let window = LayerWindow(first: first, last: first + generator.below(model.layers - first + 1))
    let heads = facts.decoder.heads
    let chosen = Array(generator.sample(1 + generator.below(heads), of: Array(0..<heads)))
    let headSet = generator.below(2) == 0 ? HeadSet.all : .some(chosen)
    let lastLayer = window.last + generator.below(model.layers - window.last + 1)
    let written = OracleKnockout(
      edit: edit, queries: queries, keys: keys, within: relation == 0 ? radius : nil,
      beyond: relation == 1 ? radius : nil, window: window, heads: headSet,
      prefix: model.prompt.prefix.count, grid: facts.grid, suffix: model.prompt.suffix.count,
      isCausal: facts.decoder.isCausal, attentionWindows: facts.decoder.attentionWindows)
    self.init(written: written, lastLayer: lastLayer)
  }

  /// One row, some of them, or all.
  private static func rows(_ generator: inout SeededGenerator, count: Int) -> Set<Int> {
    switch generator.below(4) {
    case 0: [generator.below(count)]
    case 1: Set(0..<count)
    default: Set(generator.sample(1 + generator.below(count), of: Array(0..<count)))
    }
  }

  /// The variant as a wave takes it.
  func request(in context: TokenContext, base: BaseEdges) throws -> DecoderWalker.Request {
    let edges = try knockout.effectiveEdges(in: context, window: written.window)
    return .init(edit: edges.edgeEdit(window: written.window, heads: knockout.heads, base: base), lastLayer: lastLayer)
  }

  /// The rows that the edit can reach by each layer up to the last, from the definition: [layer] from 0, where none is.
  func reached(rows: Int, heads: Int, layers: Int) -> [Set<Int>] {
    var reached: [Set<Int>] = [[]]
    for layer in 1...layers {
      let before = reached[layer - 1]
      reached.append(
        before.union(
          (0..<rows).filter { query in
            (0..<heads).contains { head in
              (0..<rows).contains { key in
                let isOpen = written.isOpen(layer, head, query, key)
                return isOpen != written.isBase(layer, query, key) || isOpen && before.contains(key)
              }
            }
          }))
    }
    return reached
  }
}
