/// Tokens that a text is cut at before anything else, as `AddedVocabulary` of Hugging Face's tokenizers: the leftmost match,
/// and the longest of those; first in the text as it is, then tokens that want it in the text as normalised.
struct AddedTokens: Sendable {
  /// One of them.
  struct Token: Hashable, Sendable {
    let id: Int
    let content: String
    /// Whether spaces before, and behind, belong to it.
    var takesSpacesBefore = false
    var takesSpacesBehind = false
    /// Whether it is one only where no letter, digit or mark stands beside it.
    var isWord = false
    /// Whether it is looked for in the normalised text, and normalised itself.
    var isNormalized = false
  }

  /// A piece of a text.
  enum Part: Hashable {
    case token(Int)
    /// Normalised, and not empty.
    case text([Unicode.Scalar])
  }

  private let plain: Matcher
  private let normalized: Matcher
  private let ids: [[UInt8]: Int]
  private let contents: [Int: String]

  /// At most this many.
  static let limit = 100_000

  init(_ tokens: [Token], normalizer: Normalizer) {
    plain = Matcher(tokens.filter { !$0.isNormalized }) { $0 }
    normalized = Matcher(tokens.filter(\.isNormalized), normalizer.apply)
    ids = Dictionary(tokens.map { (Array($0.content.utf8), $0.id) }, uniquingKeysWith: { first, _ in first })
    contents = Dictionary(tokens.map { ($0.id, $0.content) }, uniquingKeysWith: { first, _ in first })
  }

  func id(of content: String) -> Int? { ids[Array(content.utf8)] }
  func content(of id: Int) -> String? { contents[id] }

  /// The tokens in `text`, and what lies between them, normalised.
  func parts(of text: [Unicode.Scalar], normalizer: Normalizer) -> [Part] {
    plain.parts(of: text).flatMap { part in
      switch part {
      case .token: [part]
      case .text(let text): normalized.parts(of: normalizer.apply(text))
      }
    }
  }

  /// Finds some of the tokens.
  private struct Matcher {
    /// [first scalar]: the tokens that begin with it, longest first.
    private var tokens: [Unicode.Scalar: [(content: [Unicode.Scalar], token: Token)]] = [:]

    init(_ tokens: [Token], _ spelled: ([Unicode.Scalar]) -> [Unicode.Scalar]) {
      for token in tokens {
        let content = spelled(Array(token.content.unicodeScalars))
        if let first = content.first { self.tokens[first, default: []].append((content, token)) }
      }
      for first in self.tokens.keys { self.tokens[first]?.sort { $0.content.count > $1.content.count } }
    }

    func parts(of text: [Unicode.Scalar]) -> [Part] {
      var parts: [Part] = []
      // Everything before has gone into a part.
      var done = 0
      var index = 0
      while index < text.count {
        guard let found = tokens[text[index]]?.first(where: { text[index...].starts(with: $0.content) }) else {
          index += 1
          continue
        }
        var start = index
        var end = index + found.content.count
        index = end
        if found.token.isWord,
          (start > 0 && text[start - 1].isWordCharacter) || (end < text.count && text[end].isWordCharacter)
        {
          continue
        }
        if found.token.takesSpacesBefore {
          while start > done, text[start - 1].properties.isWhitespace { start -= 1 }
        }
        if found.token.takesSpacesBehind {
          while end < text.count, text[end].properties.isWhitespace { end += 1 }
        }
        if done < start { parts.append(.text(Array(text[done..<start]))) }
        parts.append(.token(found.token.id))
        done = end
      }
      if done < text.count { parts.append(.text(Array(text[done...]))) }
      return parts
    }
  }
}

extension Unicode.Scalar {
  /// `\w` of regular expressions.
  fileprivate var isWordCharacter: Bool {
    if properties.isAlphabetic || properties.isJoinControl { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
    default: return false
    }
  }
}
