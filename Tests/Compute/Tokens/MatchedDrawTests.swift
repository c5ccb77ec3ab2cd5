import Catalog
import Testing

@testable import Compute

struct MatchedDrawTests {
  /// A knockout with a control and its effective edges; nil where there are none.
  private func treatment(_ random: inout RandomContext, from: TokenSet?) throws -> (Knockout, EdgeSet)? {
    let knockout = random.knockout(control: .init(draws: 3, from: from))
    let edges = try knockout.effectiveEdges(in: random.context, window: RandomContext.window)
    return edges.count > 0 ? (knockout, edges) : nil
  }

  private func draw(
    _ edges: EdgeSet, _ knockout: Knockout, _ context: TokenContext, window: LayerWindow = RandomContext.window,
    seed: UInt64 = 7, draw: Int = 0
  ) throws -> MatchedDraw {
    try MatchedDraw(of: edges, knockout: knockout, window: window, context: context, seed: seed, draw: draw)
  }

  private func keys(_ edges: EdgeSet) -> [Int: [Int]] {
    Dictionary(uniqueKeysWithValues: edges.keys.map { ($0.query, $0.keys) })
  }

  @Test(arguments: 0..<120)
  func `a control has as many edges a query as there are candidates for, none of them the treatment's`(
    seed: Int
  ) throws {
    var random = RandomContext(seed: seed)
    let from = seed % 2 == 0 ? nil : random.set(depth: 1)
    guard let (knockout, edges) = try treatment(&random, from: from) else { return }
    let context = random.context
    let meaning = PlainMeaning(context: context)
    let drawn = try draw(edges, knockout, context)
    let (thinned, control) = (keys(drawn.thinned), keys(drawn.control))
    for (query, removed) in edges.keys {
      let candidates = (context.prefix..<context.prefix + context.grid.tokens).filter { key in
        meaning.couldEdit(knockout, query: query, key: key) && !removed.contains(key)
          && (from.map { meaning.isMember(key, of: $0) } ?? true)
      }
      let count = min(removed.count, candidates.count)
      let (kept, chosen) = (thinned[query] ?? [], control[query] ?? [])
      #expect(kept.count == count && chosen.count == count)
      #expect(Set(kept).isSubset(of: removed) && kept == Set(kept).sorted())
      #expect(Set(chosen).isSubset(of: candidates) && chosen == Set(chosen).sorted())
      #expect(
        distances(query, kept, context).matches(
          distances(query, chosen, context), of: distances(query, candidates, context)))
    }
    #expect(Set(thinned.keys).isSubset(of: edges.keys.map(\.query)) && Set(control.keys) == Set(thinned.keys))
  }

  /// How many keys lie at each distance on the grid; those around the image, which have none, count as 0.
  private func distances(_ query: Int, _ keys: [Int], _ context: TokenContext) -> [Int: Int] {
    keys.reduce(into: [:]) { counts, key in
      let columns = context.grid.columns
      let (a, b) = (query - context.prefix, key - context.prefix)
      let isApart = min(a, b) < 0 || max(a, b) >= context.grid.tokens
      let distance = isApart ? 0 : max(abs(a / columns - b / columns), abs(a % columns - b % columns))
      counts[distance, default: 0] += 1
    }
  }

  @Test(arguments: 0..<40)
  func `a draw is made by run seed, image, knockout, draw and query, and by nothing else`(seed: Int) throws {
    var random = RandomContext(seed: seed)
    let context = random.context
    let knockout = Knockout(
      name: "half", edit: .block, queries: .image,
      keys: .tokens(random.generator.sample(context.rows / 2, of: Array(0..<context.rows))),
      windows: [RandomContext.window], control: .init(draws: 2))
    let edges = try knockout.effectiveEdges(in: context, window: RandomContext.window)
    let drawn = try draw(edges, knockout, context)
    func same(_ other: MatchedDraw) -> Bool { other.thinned == drawn.thinned && other.control == drawn.control }
    #expect(same(try draw(edges, knockout, context)))
    #expect(same(try draw(edges, knockout, context, window: LayerWindow(first: 1, last: 9))))
    // A query's draw does not depend on the other queries.
    for entry in edges.keys {
      let alone = try draw(EdgeSet(keys: [entry], edit: .block), knockout, context)
      #expect(keys(alone.control)[entry.query] == keys(drawn.control)[entry.query])
      #expect(keys(alone.thinned)[entry.query] == keys(drawn.thinned)[entry.query])
    }
  }

  @Test func `another seed, image, knockout or draw draws other edges`() throws {
    let grid = Grid(rows: 8, columns: 8)
    func context(_ image: String) -> TokenContext {
      TokenContext(
        image: image, grid: grid, prefix: 1, gold: [UInt16](repeating: 0, count: 64), predictions: [:],
        reference: .adapter)
    }
    func knockout(_ name: String) -> Knockout {
      Knockout(
        name: name, edit: .block, queries: .image, keys: .tokens(Array(stride(from: 2, to: 60, by: 3))),
        windows: [RandomContext.window],
        control: .init(draws: 2))
    }
    let edges = try knockout("a").effectiveEdges(in: context("a"), window: RandomContext.window)
    let draws = [
      try draw(edges, knockout("a"), context("a")), try draw(edges, knockout("a"), context("a"), seed: 8),
      try draw(edges, knockout("b"), context("a")), try draw(edges, knockout("a"), context("b")),
      try draw(edges, knockout("a"), context("a"), draw: 1),
    ]
    for (index, one) in draws.enumerated() {
      for other in draws[..<index] { #expect(one.control != other.control) }
    }
    // All candidates get their turn.
    let last = edges.keys[edges.keys.count - 1]
    let chosen = try (0..<60).reduce(into: Set<Int>()) { chosen, number in
      chosen.formUnion(keys(try draw(edges, knockout("a"), context("a"), draw: number).control)[last.query] ?? [])
    }
    #expect(chosen.count == last.query - 1 - last.keys.count)
  }
}

extension [Int: Int] {
  /// Whether as many as possible of these distances are matched exactly by `drawn`, drawn from `candidates`.
  fileprivate func matches(_ drawn: [Int: Int], of candidates: [Int: Int]) -> Bool {
    allSatisfy { distance, count in drawn[distance, default: 0] >= Swift.min(count, candidates[distance, default: 0]) }
  }
}
