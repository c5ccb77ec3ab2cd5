/// Where the image stands among the tokens of [prefix, image]: positions from 0.
public struct ImageTokens: Hashable, Sendable, Codable {
  /// The position of the first image token.
  public let first: Int
  /// The position of the last one.
  public let last: Int

  /// The image of `grid` behind `prefix` tokens.
  public init(prefix: Int, grid: Grid) {
    first = prefix
    last = prefix + grid.tokens - 1
  }
}

extension Experiment.Model {
  /// Where the image tokens stand.
  public var imageTokens: ImageTokens { ImageTokens(prefix: prefixTokenIDs.count, grid: grid) }
}
