import Catalog
import Testing

@testable import Compute

struct EdgeSetTests {
  @Test(arguments: 0..<40)
  func `a relation holds between the pairs of its definition`(seed: Int) {
    let context = RandomContext(seed: seed).context
    let meaning = PlainMeaning(context: context)
    let relations: [Relation] = [
      .sameGold, .otherGold, .anchor, .rival, .within(0), .within(1), .within(2), .beyond(0), .beyond(1),
    ]
    for relation in relations {
      for query in 0..<context.rows {
        for key in 0..<context.rows {
          let holds = relation.holds(
            query: query, key: key, in: context, reference: context.predictions[context.reference])
          #expect(holds == meaning.holds(relation, query: query, key: key), "\(relation) \(query) → \(key)")
        }
      }
    }
  }

  @Test(arguments: 0..<100)
  func `effective edges are the existing or missing ones of the definition, never a token's own`(seed: Int) throws {
    var random = RandomContext(seed: seed)
    let context = random.context
    let meaning = PlainMeaning(context: context)
    for _ in 0..<10 {
      let knockout = random.knockout()
      let edges = try knockout.effectiveEdges(in: context, window: RandomContext.window)
      let expected = (0..<context.rows).map { query in
        (0..<context.rows).filter { meaning.edits(knockout, query: query, key: $0) }
      }
      #expect(edges.count == expected.reduce(0) { $0 + $1.count })
      #expect(edges.keys.allSatisfy { expected[$0.query] == $0.keys }, "\(knockout)")
      #expect(edges.keys.map(\.query) == (0..<context.rows).filter { !expected[$0].isEmpty })
      #expect(edges.keys.allSatisfy { !$0.keys.contains($0.query) })
      let targets = edges.targets(in: context)
      #expect(targets == edges.keys.map { $0.query - context.prefix }.filter { (0..<context.grid.tokens).contains($0) })
      expectEdit(edges, expected, knockout, context)
    }
  }

  /// The mask that the engine gets: the base edges but for the knockout's.
  private func expectEdit(_ edges: EdgeSet, _ expected: [[Int]], _ knockout: Knockout, _ context: TokenContext) {
    let window = RandomContext.window
    let base = BaseEdges(
      rows: context.rows, isCausal: context.isCausal, windows: Array(repeating: nil, count: window.last))
    let edit = edges.edgeEdit(window: window, heads: .all, base: base)
    #expect(edit.queries.rows == edges.keys.map(\.query))
    for query in 0..<context.rows {
      for key in 0..<context.rows {
        let isEdited = expected[query].contains(key)
        let isBase = key <= query || !context.isCausal
        #expect(base[window.first].isOpen(query, key) == isBase)
        #expect(edit.mask(in: window.first)?.isOpen(query, key) == (isEdited ? knockout.edit == .open : isBase))
      }
    }
  }

  @Test func `relations that need the reference say so when it has no probe`() {
    let context = TokenContext(
      image: "", grid: Grid(rows: 2, columns: 2), prefix: 1, gold: [0, 0, 1, 1], predictions: [:], reference: .adapter)
    func edges(_ relation: Relation) throws -> EdgeSet {
      try Knockout(
        name: "named", edit: .block, queries: .image, keys: .image, relations: [relation],
        windows: [RandomContext.window]
      ).effectiveEdges(in: context, window: RandomContext.window)
    }
    for relation in [Relation.anchor, .rival] {
      let error = #expect(throws: KnockoutError.self) { try edges(relation) }
      #expect(error?.description.contains("'named'") == true)
    }
    for relation in [Relation.sameGold, .otherGold, .within(1), .beyond(1)] {
      #expect(throws: Never.self) { try edges(relation) }
    }
  }
}
