/// The text form of token sets; see ``TokenSet``.
extension TokenSet {
  /// Canonical text; `TokenSet(parsing:classes:)` reads it back. Classes are named if `classes` has them.
  public func text(classes: [String]) -> String {
    func name(_ index: Int) -> String { classes.indices.contains(index) ? classes[index] : "\(index)" }
    func at(_ reading: Reading) -> String {
      switch reading {
      case .reference: ""
      case .site(let site): "@\(site)"
      case .window: "@window"
      }
    }
    func join(_ parts: [TokenSet], _ mark: String) -> String {
      "(" + parts.map { $0.text(classes: classes) }.joined(separator: " \(mark) ") + ")"
    }
    switch self {
    case .image: return "image"
    case .prefix: return "prefix"
    case .suffix: return "suffix"
    case .bos: return "bos"
    case .correct(let reading): return "correct" + at(reading)
    case .wrong(let reading): return "wrong" + at(reading)
    case .gold(let index): return "gold(\(name(index)))"
    case .predicted(let index, let reading): return "predicted(\(name(index)))" + at(reading)
    case .tokens(let positions): return "tokens(" + positions.map(String.init).joined(separator: ", ") + ")"
    case .union(let parts): return join(parts, "|")
    case .intersection(let parts): return join(parts, "&")
    case .complement(let part): return "!" + part.text(classes: classes)
    }
  }

  /// Why a text is not a token set: one sentence.
  public struct ParseError: Error, Equatable, CustomStringConvertible {
    /// One sentence for people.
    public let description: String
  }

  /// Parses a set such as `wrong & gold(Sky)`; `&` binds tighter than `|`, `!` tightest.
  public init(parsing text: String, classes: [String]) throws(ParseError) {
    var parser = TokenSetParser(text: text, classes: classes)
    self = try parser.parse()
  }
}

/// Recursive descent over the characters of one set; depth-bounded, since specs are outside text.
private struct TokenSetParser {
  let classes: [String]
  let text: String
  private var rest: Substring
  private var depth = 0

  init(text: String, classes: [String]) {
    self.text = text
    self.classes = classes
    rest = text[...]
  }

  private func failure(_ why: String) -> TokenSet.ParseError {
    TokenSet.ParseError(description: "'\(text)' is not a token set: \(why)")
  }

  private mutating func skipSpaces() { rest = rest.drop(while: \.isWhitespace) }

  private mutating func take(_ mark: Character) -> Bool {
    skipSpaces()
    guard rest.first == mark else { return false }
    rest.removeFirst()
    return true
  }

  mutating func parse() throws(TokenSet.ParseError) -> TokenSet {
    let set = try union()
    skipSpaces()
    guard rest.isEmpty else { throw failure("'\(rest)' is left over") }
    return set
  }

  private mutating func union() throws(TokenSet.ParseError) -> TokenSet {
    var parts = [try intersection()]
    while take("|") { parts.append(try intersection()) }
    return parts.count == 1 ? parts[0] : .union(parts)
  }

  private mutating func intersection() throws(TokenSet.ParseError) -> TokenSet {
    var parts = [try term()]
    while take("&") { parts.append(try term()) }
    return parts.count == 1 ? parts[0] : .intersection(parts)
  }

  private mutating func term() throws(TokenSet.ParseError) -> TokenSet {
    depth += 1
    defer { depth -= 1 }
    guard depth < 64 else { throw failure("it is nested too deeply") }
    if take("!") { return .complement(try term()) }
    if take("(") {
      let inner = try union()
      guard take(")") else { throw failure("a ')' is missing") }
      return inner
    }
    skipSpaces()
    let word = rest.prefix { $0.isLetter }
    rest = rest.dropFirst(word.count)
    switch word {
    case "image": return .image
    case "prefix": return .prefix
    case "suffix": return .suffix
    case "bos": return .bos
    case "correct": return .correct(try reading())
    case "wrong": return .wrong(try reading())
    case "gold": return .gold(try classIndex())
    case "predicted":
      let index = try classIndex()
      return .predicted(index, try reading())
    case "tokens": return .tokens(try positions())
    default:
      let known = [
        "image", "prefix", "suffix", "bos", "correct", "wrong", "gold(CLASS)", "predicted(CLASS)", "tokens(0, 1)",
      ]
      throw failure("'\(word)' is none of \(known.joined(separator: ", "))")
    }
  }

  private mutating func reading() throws(TokenSet.ParseError) -> TokenSet.Reading {
    guard take("@") else { return .reference }
    let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "." }
    rest = rest.dropFirst(name.count)
    if name == "window" { return .window }
    guard let site = Site(name) else { throw failure("'\(name)' is not a site; write @adapter, @llm.3 or @window") }
    return .site(site)
  }

  private mutating func argument() throws(TokenSet.ParseError) -> String {
    guard take("(") else { throw failure("a '(' is missing") }
    let inner = rest.prefix { $0 != ")" }
    rest = rest.dropFirst(inner.count)
    guard take(")") else { throw failure("a ')' is missing") }
    return String(inner)
  }

  private mutating func classIndex() throws(TokenSet.ParseError) -> Int {
    let name = try argument().trimmed
    if let index = classes.firstIndex(of: name) { return index }
    if classes.isEmpty, let index = Int(name), index >= 0 { return index }
    throw failure("there is no class '\(name)'\(Nearest.suggestion(for: name, among: classes))")
  }

  private mutating func positions() throws(TokenSet.ParseError) -> [Int] {
    var positions: [Int] = []
    for part in try argument().split(separator: ",") {
      guard let position = Int(part.trimmed), position >= 0 else { throw failure("'\(part)' is not a position") }
      positions.append(position)
    }
    return positions
  }
}
