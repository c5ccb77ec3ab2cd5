/// The regular expressions that byte-level tokenizers cut words by; each matches all of any text. Written out by hand: what
/// they match is a matter of the tokenizer, and not of a regular expression engine's version of Unicode.
enum WordPattern: String, Sendable, CaseIterable {
  case gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  case qwen2 =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  case llama3 =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// The matches, which follow each other without a gap.
  func words(of text: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    var words: [[Unicode.Scalar]] = []
    var start = 0
    while start < text.count {
      let end = max(start + 1, self.end(from: start, in: text))
      words.append(Array(text[start..<end]))
      start = end
    }
    return words
  }

  /// Where the match that begins at `start` ends: the first alternative that matches decides.
  private func end(from start: Int, in text: [Unicode.Scalar]) -> Int {
    if let end = contraction(from: start, in: text) { return end }
    let first = text[start]
    let second = start + 1 < text.count ? text[start + 1] : nil
    let isSpace = first.properties.isWhitespace
    if self == .gpt2 {
      for isPart in [\Unicode.Scalar.isLetter, \.isNumber, \.isSymbol] {
        if first[keyPath: isPart] { return text.run(from: start, while: isPart) }
        if first == " ", let second, second[keyPath: isPart] { return text.run(from: start + 1, while: isPart) }
      }
      return spaces(from: start, in: text)
    }
    if first.isLetter { return text.run(from: start, while: \.isLetter) }
    if !first.isNumber, !first.isNewline, second?.isLetter == true {
      return text.run(from: start + 1, while: \.isLetter)
    }
    if first.isNumber {
      return self == .qwen2 ? start + 1 : min(start + 3, text.run(from: start, while: \.isNumber))
    }
    if first.isSymbol || first == " " && second?.isSymbol == true {
      return text.run(from: text.run(from: start + (isSpace ? 1 : 0), while: \.isSymbol), while: \.isNewline)
    }
    let run = start..<text.run(from: start, while: \.properties.isWhitespace)
    if let newline = text[run].lastIndex(where: \.isNewline) { return newline + 1 }
    return spaces(from: start, in: text)
  }

  /// `'s`, `'ll` and the like.
  private func contraction(from start: Int, in text: [Unicode.Scalar]) -> Int? {
    guard text[start] == "'" else { return nil }
    for ending in ["s", "t", "re", "ve", "m", "ll", "d"] {
      let end = start + 1 + ending.unicodeScalars.count
      guard end <= text.count else { continue }
      let matches = zip(text[(start + 1)..<end], ending.unicodeScalars).allSatisfy { scalar, letter in
        scalar == letter || self != .gpt2 && scalar.foldedLetter == letter
      }
      if matches { return end }
    }
    return nil
  }

  /// `\s+(?!\S)|\s+`: all spaces, but the last one is left to the word behind them.
  private func spaces(from start: Int, in text: [Unicode.Scalar]) -> Int {
    let end = text.run(from: start, while: \.properties.isWhitespace)
    return end < text.count && end - start > 1 ? end - 1 : end
  }
}

extension [Unicode.Scalar] {
  /// Where scalars from `start` on cease to be so.
  fileprivate func run(from start: Int, while isPart: KeyPath<Unicode.Scalar, Bool>) -> Int {
    self[start...].firstIndex { !$0[keyPath: isPart] } ?? count
  }
}

extension Unicode.Scalar {
  /// `\p{L}`
  var isLetter: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  /// `\p{N}`
  var isNumber: Bool {
    switch properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }

  /// `[^\s\p{L}\p{N}]`
  var isSymbol: Bool { !properties.isWhitespace && !isLetter && !isNumber }

  var isNewline: Bool { self == "\r" || self == "\n" }

  /// The letter from a to z that this one equals but for case.
  fileprivate var foldedLetter: Unicode.Scalar {
    // The long s is an s to regular expressions.
    if self == "\u{17F}" { return "s" }
    return ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(ascii: self) + 32) : self
  }
}
