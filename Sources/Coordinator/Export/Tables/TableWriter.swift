/// Writes a table to a file, some rows at a time. All pieces have the same columns.
protocol TableWriter {
  /// Adds rows.
  mutating func write(_ rows: Table) throws
  /// Writes what belongs behind the last row. The file is not committed.
  mutating func finish() throws
}
