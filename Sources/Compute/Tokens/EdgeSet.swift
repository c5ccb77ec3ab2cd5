import Catalog

/// The effective edges of one arm of a knockout in one image: those it removes or adds, in each of its layers and heads.
public struct EdgeSet: Sendable {
  /// Keys per query row, both ascending; only queries with at least one edge.
  let keys: [(query: Int, keys: [Int])]
  let edit: Knockout.Edit

  /// How many edges there are.
  public var count: Int { keys.reduce(0) { $0 + $1.keys.count } }

  /// The image tokens among the queries, ascending: the knockout's target T.
  public func targets(in context: TokenContext) -> [Int] { keys.compactMap { context.token($0.query) } }

  /// The sum over image-to-image edges of their distance on the grid.
  public func distance(in context: TokenContext) -> Int {
    keys.reduce(0) { total, entry in
      total + entry.keys.reduce(0) { $0 + (context.distance(entry.query, $1) ?? 0) }
    }
  }

  /// The edit of these edges over `base`, ready to be walked.
  func edgeEdit(window: LayerWindow, heads: HeadSet, base: EdgeMask) -> EdgeEdit {
    let mask = EdgeMask(rows: base.rows) { editor in
      editor.copy(base)
      for (query, keys) in keys {
        for key in keys {
          switch edit {
          case .block: editor.close(query, key)
          case .open: editor.open(query, key)
          }
        }
      }
    }
    return EdgeEdit(window: window, heads: heads, mask: mask, queries: RowSet(count: base.rows, keys.map(\.query)))
  }
}

extension EdgeSet: Equatable {
  /// Equal in every part.
  public static func == (left: EdgeSet, right: EdgeSet) -> Bool {
    left.edit == right.edit && left.keys.elementsEqual(right.keys) { $0.query == $1.query && $0.keys == $1.keys }
  }
}

extension Knockout {
  /// The edges that this knockout removes from (or adds to) causal attention in one image, never query = key.
  ///
  /// Removed edges exist before; added ones are missing before and lie among image tokens.
  public func effectiveEdges(in context: TokenContext, window: LayerWindow) throws(KnockoutError) -> EdgeSet {
    let queries = try self.queries.resolve(in: context, entering: window.entering)
    let keys = try self.keys.resolve(in: context, entering: window.entering).rows
    let reference = context.predictions[context.reference]
    if relations.contains(where: \.needsReference), reference == nil {
      throw KnockoutError(description: "'\(name)' asks for predictions at \(context.reference), which has no probe")
    }
    var edges: [(query: Int, keys: [Int])] = []
    for query in queries.rows {
      let chosen = keys.filter { key in
        key != query && isCandidate(query: query, key: key, in: context)
          && relations.allSatisfy { $0.holds(query: query, key: key, in: context, reference: reference) }
      }
      if !chosen.isEmpty { edges.append((query, chosen)) }
    }
    return EdgeSet(keys: edges, edit: edit)
  }

  /// Whether an edge could be edited at all: it exists (block), or is missing among image tokens (open).
  func isCandidate(query: Int, key: Int, in context: TokenContext) -> Bool {
    switch edit {
    case .block: key <= query
    case .open: key > query && query >= context.prefix
    }
  }
}
