import Catalog

/// The effective edges of one arm of a knockout in one image: those it removes or adds in its heads, in each layer of its
/// window whose attention reaches so far.
public struct EdgeSet: Sendable {
  /// Keys per query row, both ascending; only queries with at least one edge.
  let keys: [(query: Int, keys: [Int])]
  let edit: Knockout.Edit

  /// How many edges there are.
  public var count: Int { keys.reduce(0) { $0 + $1.keys.count } }

  /// How many of them there are in a layer whose queries see `reach` keys at most.
  func count(reach: Int) -> Int {
    keys.reduce(0) { total, entry in total + entry.keys.count { abs(entry.query - $0) < reach } }
  }

  /// The image tokens among the queries, ascending: the knockout's target T.
  public func targets(in context: TokenContext) -> [Int] { keys.compactMap { context.token($0.query) } }

  /// The sum over image-to-image edges of their distance on the grid.
  public func distance(in context: TokenContext) -> Int {
    keys.reduce(0) { total, entry in
      total + entry.keys.reduce(0) { $0 + (context.distance(entry.query, $1) ?? 0) }
    }
  }

  /// The edit of these edges over `base`, ready to be walked.
  func edgeEdit(window: LayerWindow, heads: HeadSet, base: BaseEdges) -> EdgeEdit {
    // Layers with the same base edges share a mask.
    var made: [ObjectIdentifier: EdgeMask] = [:]
    let masks = (window.first...window.last).map { layer in
      let mask = made[ObjectIdentifier(base[layer])] ?? self.mask(in: layer, base: base)
      made[ObjectIdentifier(base[layer])] = mask
      return mask
    }
    return EdgeEdit(window: window, heads: heads, masks: masks, queries: RowSet(count: base.rows, keys.map(\.query)))
  }

  private func mask(in layer: Int, base: BaseEdges) -> EdgeMask {
    EdgeMask(rows: base.rows) { editor in
      editor.copy(base[layer])
      for (query, keys) in keys {
        for key in keys where base.reaches(query, key, in: layer) {
          switch edit {
          case .block: editor.close(query, key)
          case .open: editor.open(query, key)
          }
        }
      }
    }
  }
}

extension EdgeSet: Equatable {
  /// Equal in every part.
  public static func == (left: EdgeSet, right: EdgeSet) -> Bool {
    left.edit == right.edit && left.keys.elementsEqual(right.keys) { $0.query == $1.query && $0.keys == $1.keys }
  }
}

extension Knockout {
  /// The edges that this knockout removes from (or adds to) the model's attention in one image, never query = key.
  ///
  /// Removed edges exist before; added ones are missing before and lie among image tokens. Where attention has windows, an
  /// edge counts if the widest of the layers' windows reaches it.
  public func effectiveEdges(in context: TokenContext, window: LayerWindow) throws(KnockoutError) -> EdgeSet {
    let queries = try self.queries.resolve(in: context, entering: window.entering)
    let keys = try self.keys.resolve(in: context, entering: window.entering).rows
    let reference = context.predictions[context.reference]
    if relations.contains(where: \.needsReference), reference == nil {
      throw KnockoutError(description: "'\(name)' asks for predictions at \(context.reference), which has no probe")
    }
    let reach = context.reach(in: window)
    var edges: [(query: Int, keys: [Int])] = []
    for query in queries.rows {
      let chosen = keys.filter { key in
        key != query && isCandidate(query: query, key: key, in: context, reach: reach)
          && relations.allSatisfy { $0.holds(query: query, key: key, in: context, reference: reference) }
      }
      if !chosen.isEmpty { edges.append((query, chosen)) }
    }
    return EdgeSet(keys: edges, edit: edit)
  }

  /// Whether an edge could be edited at all: it exists (block), or is missing among image tokens (open).
  func isCandidate(query: Int, key: Int, in context: TokenContext, reach: Int) -> Bool {
    switch edit {
    case .block: context.hasEdge(query, key, reach: reach)
    case .open:
      !context.hasEdge(query, key, reach: reach) && abs(query - key) < reach
        && context.imageRows.contains(query) && context.imageRows.contains(key)
    }
  }
}
