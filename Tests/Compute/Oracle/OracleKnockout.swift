import Catalog

/// A knockout written out for the oracle, edge by edge from its definition: explicit rows, nothing resolved by the code
/// under test.
struct OracleKnockout {
  let edit: Knockout.Edit
  /// Positions in [prefix, image, suffix].
  let queries: Set<Int>
  let keys: Set<Int>
  /// At most this far apart on the grid; nil: anywhere.
  var within: Int?
  /// More than this far apart on the grid; nil: anywhere.
  var beyond: Int?
  let window: LayerWindow
  let heads: HeadSet
  let prefix: Int
  let grid: Grid
  var suffix = 0
  /// Whether a query sees nothing behind it; else every row sees every row.
  var isCausal = true
  /// Keys that a query may see, by layer from 1; empty: no layer has a window.
  var attentionWindows: [Int?] = []

  /// Whether the layer's window reaches from one row to the other.
  private func reaches(_ query: Int, _ key: Int, _ layer: Int) -> Bool {
    guard !attentionWindows.isEmpty, let reach = attentionWindows[layer - 1] else { return true }
    return abs(query - key) < reach
  }

  /// Whether the edge is there without the knockout.
  func isBase(_ layer: Int, _ query: Int, _ key: Int) -> Bool {
    (key <= query || !isCausal) && reaches(query, key, layer)
  }

  private func isImage(_ row: Int) -> Bool { row >= prefix && row < prefix + grid.tokens }

  /// Whether the edge is effective in an edited layer and head.
  func edits(_ query: Int, _ key: Int, in layer: Int) -> Bool {
    guard query != key, queries.contains(query), keys.contains(key), reaches(query, key, layer) else { return false }
    if within != nil || beyond != nil {
      guard isImage(query), isImage(key) else { return false }
      let distance = grid.distance(query - prefix, key - prefix)
      if let within, distance > within { return false }
      if let beyond, distance <= beyond { return false }
    }
    return switch edit {
    case .block: isBase(layer, query, key)
    case .open: !isBase(layer, query, key) && isImage(query) && isImage(key)
    }
  }

  /// The base edges with the knockout's.
  func isOpen(_ layer: Int, _ head: Int, _ query: Int, _ key: Int) -> Bool {
    if window.contains(layer), heads.contains(head), edits(query, key, in: layer) { return edit == .open }
    return isBase(layer, query, key)
  }

  /// Effective edges, [window layer][head].
  func effectiveEdges(heads count: Int) -> [[Int]] {
    let rows = prefix + grid.tokens + suffix
    return (window.first...window.last).map { layer in
      let edges = (0..<rows).reduce(0) { total, query in total + (0..<rows).count { edits(query, $0, in: layer) } }
      return (0..<count).map { heads.contains($0) ? edges : 0 }
    }
  }
}
