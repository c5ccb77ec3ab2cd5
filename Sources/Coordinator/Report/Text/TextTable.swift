/// A table for terminals: the first `labels` columns to the left, the others to the right.
package struct TextTable {
  private let header: [String]
  private let labels: Int
  private var rows: [[String]] = []
  /// Reasons that cells refer to by letter, in the order of first use.
  private var notes: [String] = []

  package init(header: [String], labels: Int) {
    self.header = header
    self.labels = labels
  }

  package mutating func add(_ row: [String]) { rows.append(row) }

  /// `47.1 [44.0, 50.2]`; where value or interval are missing, `–` and the letter of a note that says why.
  mutating func cell(_ estimate: Estimate?, _ style: Estimate.Style) -> String {
    guard let estimate else { return "" }
    let value = estimate.valueText(style)
    if let interval = estimate.intervalText(style) { return "\(value) \(interval)" }
    guard let reason = estimate.missingReason else { return value }
    return "\(value) (\(letter(of: reason)))"
  }

  private mutating func letter(of reason: String) -> String {
    let index = notes.firstIndex(of: reason) ?? notes.count
    if index == notes.count { notes.append(reason) }
    return String(UnicodeScalar(UInt8(97 + index % 26)))
  }

  /// The table with its notes, without a final newline.
  package var text: String {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    func line(_ row: [String]) -> String {
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column < labels ? cell + padding : padding + cell
      }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    let legend = notes.enumerated().map { "(\(letter(of: $0.offset))) \($0.element)" }
    return ([line(header), rule] + rows.map(line) + legend).joined(separator: "\n")
  }

  private func letter(of index: Int) -> String { String(UnicodeScalar(UInt8(97 + index % 26))) }
}
