import Catalog

/// One draw of a matched control: for each query, m = min(edges, other candidates) edges, at matched distance where
/// possible, and the treatment thinned to the same m.
///
/// Seeded by H(run seed, image, knockout, draw, query): the same in all layers and heads of the window.
public struct MatchedDraw: Sendable {
  /// The treatment with m edges a query.
  public let thinned: EdgeSet
  /// m drawn edges a query.
  public let control: EdgeSet

  /// Draws against `treatment`, the knockout's effective edges.
  public init(
    of treatment: EdgeSet, knockout: Knockout, window: LayerWindow, context: TokenContext, seed: UInt64, draw: Int
  ) throws(KnockoutError) {
    var pool = RowSet(count: context.rows, context.imageRows)
    if let from = knockout.control?.from {
      pool.formIntersection(try from.resolve(in: context, entering: window.entering))
    }
    let keys = pool.rows
    let reach = context.reach(in: window)
    var thinned: [(query: Int, keys: [Int])] = []
    var control: [(query: Int, keys: [Int])] = []
    for (query, removed) in treatment.keys {
      var generator = SeededGenerator(
        seed: seed, UInt64(naming: context.image), UInt64(naming: knockout.name), UInt64(draw), UInt64(query))
      let taken = Set(removed)
      let others = keys.filter {
        $0 != query && !taken.contains($0) && knockout.isCandidate(query: query, key: $0, in: context, reach: reach)
      }
      let count = min(removed.count, others.count)
      guard count > 0 else { continue }
      let kept = generator.sample(count, of: removed)
      let drawn = Self.match(kept, among: others, query: query, context: context, generator: &generator)
      thinned.append((query, kept.sorted()))
      control.append((query, drawn.sorted()))
    }
    self.thinned = EdgeSet(keys: thinned, edit: knockout.edit)
    self.control = EdgeSet(keys: control, edit: knockout.edit)
  }

  /// As many of `others` as there are `removed`: first at equal distance, then, for what is left, at the nearest one.
  private static func match(
    _ removed: [Int], among others: [Int], query: Int, context: TokenContext, generator: inout SeededGenerator
  ) -> [Int] {
    var shelves: [Int: [Int]] = [:]
    for key in generator.sample(others.count, of: others) {
      shelves[context.distance(query, key) ?? 0, default: []].append(key)
    }
    var drawn: [Int] = []
    var unmatched: [Int] = []
    for key in removed {
      let distance = context.distance(query, key) ?? 0
      if let found = shelves[distance]?.popLast() { drawn.append(found) } else { unmatched.append(distance) }
    }
    for distance in unmatched {
      let nearest = shelves.filter { !$0.value.isEmpty }.keys.min {
        (abs($0 - distance), $0) < (abs($1 - distance), $1)
      }
      if let nearest, let found = shelves[nearest]?.popLast() { drawn.append(found) }
    }
    return drawn
  }
}
