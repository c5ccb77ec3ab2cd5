import Catalog

/// What is known of one image's tokens when a knockout is resolved: where they sit, their gold classes, and the baseline's
/// predictions.
public struct TokenContext: Sendable {
  /// Names the image in control draws' seeds.
  public let image: String
  /// The image tokens' grid.
  public let grid: Grid
  /// How many tokens precede the image.
  public let prefix: Int
  /// How many tokens follow the image and are part of the sequence.
  public let suffix: Int
  /// [image token]; ``void`` where the token has no gold class.
  public let gold: [UInt16]
  /// The baseline's predictions, [image token] per site.
  public let predictions: [Site: [UInt16]]
  /// The site that `correct` and `wrong` are of unless they say otherwise.
  public let reference: Site
  /// ``Catalog/DecoderFacts/isCausal``
  public let isCausal: Bool
  /// ``Catalog/DecoderFacts/attentionWindows``; empty: no layer has one.
  public let attentionWindows: [Int?]

  /// The gold of a token that is void.
  public static let void: UInt16 = .max

  /// Takes each property as it is.
  public init(
    image: String, grid: Grid, prefix: Int, suffix: Int = 0, gold: [UInt16], predictions: [Site: [UInt16]],
    reference: Site, isCausal: Bool = true, attentionWindows: [Int?] = []
  ) {
    precondition(gold.count == grid.tokens)
    self.image = image
    self.grid = grid
    self.prefix = prefix
    self.suffix = suffix
    self.gold = gold
    self.predictions = predictions
    self.reference = reference
    self.isCausal = isCausal
    self.attentionWindows = attentionWindows
  }

  /// One image in a model's sequence; without `gold` every token is void.
  public init(
    image: String, facts: ModelFacts, prompt: Prompt, gold: [UInt16]? = nil, predictions: [Site: [UInt16]],
    reference: Site
  ) {
    self.init(
      image: image, grid: facts.grid, prefix: prompt.prefix.count, suffix: prompt.suffix.count,
      gold: gold ?? [UInt16](repeating: Self.void, count: facts.grid.tokens), predictions: predictions,
      reference: reference, isCausal: facts.decoder.isCausal, attentionWindows: facts.decoder.attentionWindows)
  }

  /// Rows of the sequence [prefix, image, suffix].
  public var rows: Int { prefix + grid.tokens + suffix }

  /// The rows of the image tokens.
  var imageRows: Range<Int> { prefix..<prefix + grid.tokens }

  /// The row of the token that begins the text; nil if there is no text.
  var bos: Int? {
    guard !isCausal else { return 0 }
    return suffix > 0 ? imageRows.upperBound : nil
  }

  /// Whether attention has the edge query → key before any knockout, in a layer whose queries see `reach` keys at most.
  func hasEdge(_ query: Int, _ key: Int, reach: Int) -> Bool {
    (key <= query || !isCausal) && abs(query - key) < reach
  }

  /// How many keys a query sees at most in any layer of a window, itself among them.
  func reach(in window: LayerWindow) -> Int {
    guard !attentionWindows.isEmpty else { return .max }
    return (window.first...window.last).map { attentionWindows[$0 - 1] ?? .max }.max() ?? .max
  }

  /// The image token at a row, or nil around the image.
  func token(_ row: Int) -> Int? { imageRows.contains(row) ? row - prefix : nil }

  /// A token's gold class, or nil if it is void or not an image token.
  func goldClass(_ row: Int) -> UInt16? {
    guard let token = token(row), gold[token] != Self.void else { return nil }
    return gold[token]
  }

  /// Chebyshev distance between two rows' places on the grid; nil if one is not an image token.
  func distance(_ query: Int, _ key: Int) -> Int? {
    guard let a = token(query), let b = token(key) else { return nil }
    return grid.distance(a, b)
  }
}

/// Why a knockout cannot be resolved: one sentence.
public struct KnockoutError: Error, Equatable, CustomStringConvertible {
  /// One sentence for people.
  public let description: String
}
