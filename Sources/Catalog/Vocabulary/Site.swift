/// Where hidden states are read.
///
/// - `vision(0)` is the encoder's output after its embeddings, `vision(i)` after its block *i*.
/// - `adapter` is the LLM's input at the image tokens.
/// - `llm(i)` is the raw output of decoder block *i*, counted from 1, before the final norm.
///
/// Sites are ordered as the data flows, so `Site.vision(3) < .adapter < .llm(1)`.
public enum Site: Hashable, Sendable {
  case vision(Int)
  case adapter
  case llm(Int)
}

extension Site: CustomStringConvertible {
  /// `vision.3`, `adapter` or `llm.12`: the name used in specs, tensors, tables and figures.
  public var description: String {
    switch self {
    case .vision(let index): "vision.\(index)"
    case .adapter: "adapter"
    case .llm(let layer): "llm.\(layer)"
    }
  }

  /// Parses a site's name; nil if it is not one.
  public init?(_ name: some StringProtocol) {
    if name == "adapter" {
      self = .adapter
      return
    }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[1]), String(number) == parts[1], number >= 0 else { return nil }
    switch parts[0] {
    case "vision": self = .vision(number)
    case "llm" where number >= 1: self = .llm(number)
    default: return nil
    }
  }
}

extension Site: Comparable {
  private var rank: (Int, Int) {
    switch self {
    case .vision(let index): (0, index)
    case .adapter: (1, 0)
    case .llm(let layer): (2, layer)
    }
  }

  /// The order in which data flows.
  public static func < (left: Site, right: Site) -> Bool { left.rank < right.rank }
}

extension Site: Codable {
  /// Reads what `encode(to:)` writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let site = Site(name) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(name)' is not a site")
    }
    self = site
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
