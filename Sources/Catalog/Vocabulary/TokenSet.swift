/// A named set of tokens of one image's sequence, resolved by the worker from gold labels and baseline predictions.
///
/// Void tokens are neither `correct` nor `wrong`. The canonical text form (`description`) is also the grammar of specs:
/// `wrong`, `correct@llm.12`, `wrong@window`, `gold(Sky)`, `predicted(Road)`, `tokens(5, 6)`, combined by `|`, `&`, `!`
/// and parentheses. Classes stand by index here; specs name them.
public indirect enum TokenSet: Hashable, Sendable {
  /// At which site's baseline predictions a set is read.
  public enum Reading: Hashable, Sendable {
    /// The spec's `reference` site.
    case reference
    /// A named site.
    case site(Site)
    /// The site entering the knockout's window: `adapter` for layer 1, else `llm.(first - 1)`.
    case window
  }

  /// All image tokens.
  case image
  /// All tokens before the image.
  case prefix
  /// All tokens behind the image; under causal attention there are none.
  case suffix
  /// The first token of the sequence; where image and prompt see each other, the first one behind the image.
  case bos
  /// Image tokens predicted as their gold class.
  case correct(Reading)
  /// Image tokens with a gold class that are predicted as another.
  case wrong(Reading)
  /// Image tokens whose gold class is this one.
  case gold(Int)
  /// Image tokens predicted as this class.
  case predicted(Int, Reading)
  /// Positions in the sequence [prefix, image, suffix], counted from 0.
  case tokens([Int])
  case union([TokenSet])
  case intersection([TokenSet])
  case complement(TokenSet)
}

extension TokenSet {
  /// The sites at which baseline predictions must be known to resolve this set, `reference` and `window` filled in.
  public func sites(reference: Site, entering: Site) -> Set<Site> {
    func resolve(_ reading: Reading) -> Site {
      switch reading {
      case .reference: reference
      case .site(let site): site
      case .window: entering
      }
    }
    switch self {
    case .image, .prefix, .suffix, .bos, .gold, .tokens: return []
    case .correct(let reading), .wrong(let reading), .predicted(_, let reading): return [resolve(reading)]
    case .union(let parts), .intersection(let parts):
      return parts.reduce(into: []) { $0.formUnion($1.sites(reference: reference, entering: entering)) }
    case .complement(let part): return part.sites(reference: reference, entering: entering)
    }
  }
}
