/// One line of the status: pieces of text with colours, cut to a width.
struct StatusLine {
  enum Colour: String {
    case strong = "1"
    case soft = "2"
    case good = "32"
    case warning = "33"
    case bad = "31"
    case bar = "36"
  }

  private var pieces: [(text: String, colour: Colour?)] = []

  init() {}

  init(_ text: String, _ colour: Colour? = nil) { add(text, colour) }

  /// Adds text; what came from outside cannot move the cursor.
  mutating func add(_ text: String, _ colour: Colour? = nil) { pieces.append((text.printable, colour)) }

  /// At most `columns` characters, the last of them `…` if something was cut; with colours if `coloured`.
  func rendered(columns: Int, coloured: Bool) -> String {
    let total = pieces.reduce(0) { $0 + $1.text.count }
    var room = total <= columns ? total : max(0, columns - 1)
    var line = ""
    for (text, colour) in pieces where room > 0 {
      let part = String(text.prefix(room))
      room -= part.count
      if coloured, let colour { line += "\u{1B}[\(colour.rawValue)m\(part)\u{1B}[0m" } else { line += part }
    }
    return total <= columns ? line : line + "…"
  }
}
