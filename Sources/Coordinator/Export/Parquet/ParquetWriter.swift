import Catalog

/// Writes a table as an Apache Parquet file: a row group for every piece, one Zstandard page a column, texts by dictionary. No
/// statistics.
struct ParquetWriter: TableWriter {
  private let file: StagedFile
  private let schema: [ThriftValue]
  private let metadata: [(key: String, value: String)]
  private let zstandard: Zstandard
  private var rowGroups: [ThriftValue] = []
  private var rows = 0

  private static let magic = Array("PAR1".utf8)

  /// Begins a table with the columns of `table`.
  ///
  /// - Parameter metadata: texts for the footer, where readers show them beside the schema.
  init(_ file: StagedFile, columns table: Table, metadata: [(key: String, value: String)]) throws {
    self.file = file
    self.metadata = metadata
    zstandard = try Zstandard()
    schema =
      [.structure([4: .text("schema"), 5: .int32(Int32(table.columns.count))])] + table.columns.map(\.schema)
    try file.append(Self.magic)
  }

  mutating func write(_ table: Table) throws {
    guard table.rows > 0 else { return }
    var chunks: [ThriftValue] = []
    var size = 0
    for column in table.columns {
      let start = file.length
      let chunk = try ParquetChunk(column, at: start, zstandard)
      try file.append(chunk.bytes)
      chunks.append(.structure([2: .int64(Int64(start)), 3: .structure(chunk.metadata)]))
      size += chunk.uncompressed
    }
    rowGroups.append(.structure([1: .list(chunks), 2: .int64(Int64(size)), 3: .int64(Int64(table.rows))]))
    rows += table.rows
  }

  mutating func finish() throws {
    let footer: ThriftStruct = [
      1: .int32(1), 2: .list(schema), 3: .int64(Int64(rows)), 4: .list(rowGroups),
      5: .list(metadata.map { .structure([1: .text($0.key), 2: .text($0.value)]) }), 6: .text("rebound"),
    ]
    var bytes = footer.bytes
    bytes.appendLittleEndian(UInt32(bytes.count))
    try file.append(bytes + Self.magic)
  }
}
