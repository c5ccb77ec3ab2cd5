/// Comma-separated values as RFC 4180 has them, with a header line and `\n` line ends.
struct CSV {
  private(set) var text: String

  init(header: [String]) { text = header.map(Self.quoted).joined(separator: ",") + "\n" }

  mutating func add(_ row: [String]) { text += row.map(Self.quoted).joined(separator: ",") + "\n" }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}

extension Estimate {
  /// Value, lower end, upper end; empty where missing. Shares, with all digits.
  var csv: [String] { [value, interval?.low, interval?.high].map { $0.map { "\($0)" } ?? "" } }

  /// The three column names of `name`.
  static func header(_ name: String) -> [String] { [name, name + "_low", name + "_high"] }

  /// Three empty columns.
  static let noCSV = ["", "", ""]
}
