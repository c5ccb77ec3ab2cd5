import Catalog
import Protocol

/// Turns outcomes into rows, one for each token at each site, and hands them to a writer before they become many.
struct TokenTable: TokenSink {
  private var writer: any TableWriter
  private var rows: TokenRows
  /// Rows written.
  private(set) var count = 0

  /// So many rows make a row group that is read fast, and take some tens of megabytes until they are written.
  private static let batch = 1 << 19

  init(of experiment: Experiment, _ selection: ExportSelection, _ makeWriter: (Table) throws -> any TableWriter) throws
  {
    rows = TokenRows(experiment, selection)
    writer = try makeWriter(rows.table)
  }

  mutating func add(_ outcome: TokenOutcome) throws {
    for site in outcome.results.sites {
      rows.add(outcome, at: site)
      if rows.count >= Self.batch { try write() }
    }
  }

  mutating func finish() throws {
    try write()
    try writer.finish()
  }

  private mutating func write() throws {
    try writer.write(rows.table)
    count += rows.count
    rows.removeAll()
  }
}
