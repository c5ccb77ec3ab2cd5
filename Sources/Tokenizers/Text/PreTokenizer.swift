/// Cuts a normalised text between added tokens into words, which are then encoded each by itself.
struct PreTokenizer: Sendable {
  /// One cut or change of every word so far.
  enum Step: Sendable {
    /// By a known pattern; every match is a word.
    case pattern(WordPattern)
    /// Every digit is a word.
    case digits
    /// Behind every space.
    case spaces
    /// A space at the front where there is none.
    case leadingSpace
    /// Bytes as visible characters.
    case byteLevel
    /// Spaces as ▁, and one more at the front where there is none.
    case metaspace(Unicode.Scalar, Front)
  }

  /// Which words get a ▁ at the front.
  enum Front: String, Sendable, CaseIterable {
    case always
    /// What the whole text begins with, unless that is an added token.
    case first
    case never
  }

  /// In order.
  let steps: [Step]

  /// Whether words are spelled in ``ByteAlphabet``.
  var isByteLevel: Bool { steps.contains { if case .byteLevel = $0 { true } else { false } } }

  /// The words of `text`; `isFirst` says whether the whole text begins with it.
  func words(of text: [Unicode.Scalar], isFirst: Bool) -> [[Unicode.Scalar]] {
    steps.reduce([text]) { words, step in
      words.enumerated().flatMap { Self.apply(step, to: $1, isFirst: isFirst && $0 == 0) }
    }
  }

  private static func apply(_ step: Step, to word: [Unicode.Scalar], isFirst: Bool) -> [[Unicode.Scalar]] {
    switch step {
    case .pattern(let pattern): return pattern.words(of: word)
    case .digits: return word.cut { $0.isNumber || $1.isNumber }
    case .spaces: return word.cut { before, _ in before == " " }
    case .leadingSpace: return [word.first == " " ? word : [" "] + word]
    case .byteLevel: return [ByteAlphabet.spell(word)]
    case .metaspace(let mark, let front):
      let marked = word.replacingEach([" "], with: [mark])
      let needs = front == .always || front == .first && isFirst
      return [needs && marked.first != mark ? [mark] + marked : marked]
    }
  }
}

extension [Unicode.Scalar] {
  /// Cut wherever `cuts` says so of two neighbours.
  fileprivate func cut(where cuts: (Unicode.Scalar, Unicode.Scalar) -> Bool) -> [[Unicode.Scalar]] {
    var words: [[Unicode.Scalar]] = []
    for (index, scalar) in enumerated() {
      if index == 0 || cuts(self[index - 1], scalar) { words.append([]) }
      words[words.count - 1].append(scalar)
    }
    return words
  }
}
