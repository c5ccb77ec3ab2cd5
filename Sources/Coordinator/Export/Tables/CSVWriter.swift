import Catalog

/// Writes a table as comma-separated values.
struct CSVWriter: TableWriter {
  private let file: StagedFile

  /// Begins a table with the columns of `table`.
  init(_ file: StagedFile, columns table: Table) throws {
    self.file = file
    try file.append(CSV.header(of: table))
  }

  func write(_ rows: Table) throws { try file.append(CSV.lines(of: rows)) }

  func finish() {}
}
