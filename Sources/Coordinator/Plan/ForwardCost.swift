import Catalog

/// Operations of matrix products in one forward, from the model's shapes alone.
///
/// With d the hidden width, q that of all query heads, k that of all key heads, i that of the MLP: a row takes
/// 2·(2dq + 2dk + 3di) in a decoder layer, and 4q for each key that it sees (its score and its share of the value).
struct ForwardCost {
  let facts: ModelFacts
  /// What stands around the image.
  let prompt: Prompt

  /// Image tokens.
  var tokens: Int { facts.grid.tokens }
  /// Rows of [prefix, image, suffix].
  var rows: Int { prompt.count + tokens }

  /// Encoder and connector: t tokens take 2t(4d² + 2di) + 4t²d in a block (3di with a gate); the patch convolution is a
  /// product with 3·patch² inputs; the connector has one or two layers.
  var vision: Double {
    let vision = facts.vision
    let (d, i) = (Double(vision.hidden), Double(vision.intermediate))
    let patches = Double(vision.side * vision.side)
    let t = patches + Double(vision.leadingTokens)
    let convolution = 2 * patches * 3 * Double(vision.patch * vision.patch) * d
    let block = 2 * t * (4 * d * d + (vision.isGated ? 3 : 2) * d * i) + 4 * t * t * d
    let wide = Double(facts.decoder.hidden)
    let features = Double(facts.connector.featureSites.count * facts.hidden(at: .vision(0)))
    let second = facts.connector.activation == nil ? 0 : wide * wide
    return convolution + Double(vision.layers) * block + 2 * Double(tokens) * (features * wide + second)
  }

  /// All rows through all decoder layers.
  var baseline: Double { Double(facts.decoder.layers) * layer(from: 0, seesAll: !facts.decoder.isCausal) }

  /// At most what a variant takes: the rows from its first query on, from its window to its last layer; every row where
  /// attention is not causal. Under `open` a row may see all rows within the window.
  func variant(_ knockout: Knockout, window: LayerWindow, lastLayer: Int) -> Double {
    let first = firstRow(of: knockout)
    let inside = min(window.last, lastLayer) - window.first + 1
    let behind = max(0, lastLayer - window.last)
    return Double(inside) * layer(from: first, seesAll: knockout.edit == .open || !facts.decoder.isCausal)
      + Double(behind) * layer(from: first, seesAll: !facts.decoder.isCausal)
  }

  /// The lowest row that a knockout can change.
  func firstRow(of knockout: Knockout) -> Int {
    guard facts.decoder.isCausal else { return 0 }
    let prefix = prompt.prefix.count
    let lowest = knockout.queries.lowestRow(prefix: prefix)
    return min(rows, knockout.edit == .open ? max(prefix, lowest) : lowest)
  }

  /// One decoder layer for the rows from `first` on.
  private func layer(from first: Int, seesAll: Bool) -> Double {
    let decoder = facts.decoder
    let d = Double(decoder.hidden)
    let q = Double(decoder.heads * decoder.headSize)
    let k = Double(decoder.keyValueHeads * decoder.headSize)
    let live = Double(rows - first)
    let keys = seesAll ? live * Double(rows) : live * Double(first + 1 + rows) / 2
    return 2 * live * (2 * d * q + 2 * d * k + 3 * d * Double(decoder.intermediate)) + 4 * q * keys
  }
}

extension TokenSet {
  /// A row that no token of the set lies before.
  fileprivate func lowestRow(prefix: Int) -> Int {
    switch self {
    case .image, .correct, .wrong, .gold, .predicted: prefix
    case .prefix, .suffix, .bos, .complement: 0
    case .tokens(let positions): positions.min() ?? 0
    case .union(let parts): parts.map { $0.lowestRow(prefix: prefix) }.min() ?? 0
    case .intersection(let parts): parts.map { $0.lowestRow(prefix: prefix) }.max() ?? 0
    }
  }
}
