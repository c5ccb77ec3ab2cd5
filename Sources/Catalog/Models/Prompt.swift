/// The token ids around the image: the sequence is [prefix, image, suffix].
///
/// Under causal attention what stands behind the image cannot influence it; there the suffix is empty.
public struct Prompt: Hashable, Sendable {
  /// Before the image.
  public let prefix: [Int]
  /// Behind the image.
  public let suffix: [Int]

  /// Takes each property as it is.
  public init(prefix: [Int], suffix: [Int] = []) {
    self.prefix = prefix
    self.suffix = suffix
  }

  /// How many tokens there are around the image.
  public var count: Int { prefix.count + suffix.count }
}
