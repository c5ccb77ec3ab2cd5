/// A named rule that edits attention edges query → key between tokens, within chosen heads, in a window of layers.
///
/// Its *effective* edges are the base edges (for `block`) or the missing image-to-image edges (for `open`) in
/// queries × keys that satisfy every relation, never query = key.
public struct Knockout: Hashable, Sendable, Codable {
  /// What happens to an effective edge.
  public enum Edit: String, Hashable, Sendable, Codable, CaseIterable {
    /// Remove it; the softmax renormalises over the rest.
    case block
    /// Add it, where it is missing among image tokens.
    case open
  }

  /// The control arm: the same number of edges a query, drawn at matched grid distance.
  public struct MatchedControl: Hashable, Sendable, Codable {
    /// How many independent draws are averaged within an image.
    public let draws: Int
    /// The set that control keys are drawn from; nil: the query's other open image keys.
    public let from: TokenSet?

    /// Takes each property as it is.
    public init(draws: Int, from: TokenSet? = nil) {
      self.draws = draws
      self.from = from
    }
  }

  /// The name shown in tables and figures; unique in a spec.
  public let name: String
  /// What happens to an effective edge.
  public let edit: Edit
  /// Which tokens lose or gain edges to keys.
  public let queries: TokenSet
  /// Which tokens those edges lead to.
  public let keys: TokenSet
  /// All must hold between query and key.
  public let relations: [Relation]
  /// The windows it is swept over, in order.
  public let windows: [LayerWindow]
  /// The heads whose edges are edited.
  public let heads: HeadSet
  /// The matched control, if there is one.
  public let control: MatchedControl?

  /// Takes each property as it is.
  public init(
    name: String, edit: Edit, queries: TokenSet, keys: TokenSet, relations: [Relation] = [], windows: [LayerWindow],
    heads: HeadSet = .all, control: MatchedControl? = nil
  ) {
    self.name = name
    self.edit = edit
    self.queries = queries
    self.keys = keys
    self.relations = relations
    self.windows = windows
    self.heads = heads
    self.control = control
  }
}

/// Which attention heads of a layer a knockout edits; query heads, counted from 0 as in Hugging Face.
public enum HeadSet: Hashable, Sendable {
  case all
  case some([Int])

  /// Whether head `head` is edited.
  public func contains(_ head: Int) -> Bool {
    switch self {
    case .all: true
    case .some(let heads): heads.contains(head)
    }
  }
}

extension HeadSet: Codable {
  /// Reads `"all"` or a list of heads.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let heads = try? container.decode([Int].self) {
      self = .some(heads)
    } else if try container.decode(String.self) == "all" {
      self = .all
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "heads are neither 'all' nor a list")
    }
  }

  /// Writes `"all"` or a list of heads, as in a spec.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .all: try container.encode("all")
    case .some(let heads): try container.encode(heads)
    }
  }
}

/// A condition between a query and a key, both image tokens unless said otherwise.
public enum Relation: Hashable, Sendable {
  /// Both have the same gold class.
  case sameGold
  /// Both have a gold class, and they differ.
  case otherGold
  /// The key is correct (at the reference) and has the query's gold class.
  case anchor
  /// The key is correct (at the reference) and its gold class is what the query was predicted as there.
  case rival
  /// Chebyshev distance on the grid at most r.
  case within(Int)
  /// Chebyshev distance on the grid more than r.
  case beyond(Int)
}

extension Relation: CustomStringConvertible {
  /// The name used in specs.
  public var description: String {
    switch self {
    case .sameGold: "same-gold"
    case .otherGold: "other-gold"
    case .anchor: "anchor"
    case .rival: "rival"
    case .within(let radius): "within(\(radius))"
    case .beyond(let radius): "beyond(\(radius))"
    }
  }

  /// The names that specs may use, for messages.
  public static let names = ["same-gold", "other-gold", "anchor", "rival", "within(r)", "beyond(r)"]

  /// Parses a name as in ``description``; nil if it is none.
  public init?(_ text: String) {
    switch text.trimmed {
    case "same-gold": self = .sameGold
    case "other-gold": self = .otherGold
    case "anchor": self = .anchor
    case "rival": self = .rival
    case let other:
      guard other.hasSuffix(")"), let open = other.firstIndex(of: "("),
        let radius = Int(other[other.index(after: open)...].dropLast()), radius >= 0
      else { return nil }
      switch other[..<open] {
      case "within": self = .within(radius)
      case "beyond": self = .beyond(radius)
      default: return nil
      }
    }
  }
}

extension Relation: Codable {
  /// Reads what `encode(to:)` writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let relation = Relation(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a relation")
    }
    self = relation
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension TokenSet: Codable {
  /// Classes travel by index, so the text needs no class list.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(parsing: container.decode(String.self), classes: [])
    } catch let error as ParseError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text(classes: []))
  }
}
