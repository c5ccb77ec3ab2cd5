/// Comma-separated values as RFC 4180 has them, with a header line and `\n` line ends. What is missing is an empty field.
enum CSV {
  /// Header and lines.
  static func text(of table: Table) -> String { String(decoding: header(of: table) + lines(of: table), as: UTF8.self) }

  /// The names of a table's columns.
  static func header(of table: Table) -> [UInt8] {
    Array(table.columns.map { quoted($0.name) }.joined(separator: ",").utf8) + [newline]
  }

  /// A table's rows.
  static func lines(of table: Table) -> [UInt8] {
    let fields = table.columns.map { field($0.values) }
    var bytes: [UInt8] = []
    for row in 0..<table.rows {
      for (index, field) in fields.enumerated() {
        if index > 0 { bytes.append(comma) }
        field(row, &bytes)
      }
      bytes.append(newline)
    }
    return bytes
  }

  private static let comma = UInt8(ascii: ",")
  private static let newline = UInt8(ascii: "\n")

  /// Appends a column's value in a row. Texts are quoted once, not in every row.
  private static func field(_ values: Table.Values) -> (Int, inout [UInt8]) -> Void {
    switch values {
    case .texts(let words):
      let list = words.list.map { Array(quoted($0).utf8) }
      return { row, bytes in
        if words.codes[row] != Table.Words.missing { bytes += list[Int(words.codes[row])] }
      }
    case .integers(let values): return { row, bytes in bytes += String(values[row]).utf8 }
    case .counts(let values): return { row, bytes in if let value = values[row] { bytes += String(value).utf8 } }
    case .numbers(let values): return { row, bytes in if let value = values[row] { bytes += "\(value)".utf8 } }
    case .flags(let values): return { row, bytes in bytes += (values[row] ? "true" : "false").utf8 }
    }
  }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
