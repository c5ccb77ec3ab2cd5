/// A piece of HTML. Text that is interpolated into it is escaped; only another `Markup` goes in as it is, so outside text
/// can't become a tag by being forgotten.
struct Markup: ExpressibleByStringInterpolation, CustomStringConvertible {
  private(set) var description: String

  init(stringLiteral value: String) { description = value }

  init(stringInterpolation: StringInterpolation) { description = stringInterpolation.text }

  /// HTML that is known to be safe: the page's own scripts and styles.
  init(trusted text: String) { description = text }

  static func + (left: Markup, right: Markup) -> Markup { Markup(trusted: left.description + right.description) }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: String) { text += literal }
    mutating func appendInterpolation(_ value: String) { text += Markup.escaped(value) }
    mutating func appendInterpolation(_ value: Int) { text += "\(value)" }
    mutating func appendInterpolation(_ markup: Markup) { text += markup.description }
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension Sequence<Markup> {
  /// All of them, one after another.
  func joined() -> Markup { Markup(trusted: map(\.description).joined()) }
}
