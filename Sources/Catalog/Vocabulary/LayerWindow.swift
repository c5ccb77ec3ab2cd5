/// The run of consecutive decoder layers, `first` to `last` inclusive and counted from 1, in which a knockout acts.
///
/// Its effect can be read from site `llm.first` on.
public struct LayerWindow: Hashable, Sendable, Codable {
  /// The first decoder layer in which the knockout acts.
  public let first: Int
  /// The last decoder layer in which the knockout acts.
  public let last: Int

  /// A window of layers `first ... last`; the caller guarantees `1 <= first <= last`.
  public init(first: Int, last: Int) {
    precondition(1 <= first && first <= last, "a window runs from a layer >= 1 to one not before it")
    self.first = first
    self.last = last
  }

  /// Whether the knockout acts in decoder layer `layer`.
  public func contains(_ layer: Int) -> Bool { first <= layer && layer <= last }

  /// Reads what `encode(to:)` writes.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    let first = try container.decode(Int.self)
    let last = try container.decode(Int.self)
    guard 1 <= first, first <= last else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "[\(first), \(last)] is not a window")
    }
    self.init(first: first, last: last)
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(first)
    try container.encode(last)
  }
}

extension LayerWindow: CustomStringConvertible {
  /// `5` for one layer, `1-8` for several.
  public var description: String { first == last ? "\(first)" : "\(first)-\(last)" }
}
