import Catalog
import Protocol

/// Writes the files of one export, which nobody sees until they are committed.
struct Exporting {
  let experiment: Experiment
  let export: Export
  let metadata: [(key: String, value: String)]
  /// By the table's name.
  let paths: [String: String]

  /// A file that is complete but not in its place.
  struct Written {
    let file: StagedFile
    /// nil in an archive of arrays by token.
    let rows: Int?
  }

  /// The tokens of all outcomes in `store`.
  func tokens(_ store: Store, _ isCancelled: () -> Bool) throws -> (Written, TokenCoverage) {
    let file = try StagedFile(at: path("tokens"))
    if export.format == .npz {
      var arrays = try TokenArrays(file, of: experiment, export.selection, run: experiment.name)
      let coverage = try fill(&arrays, store, isCancelled)
      return (Written(file: file, rows: nil), coverage)
    }
    var table = try TokenTable(of: experiment, export.selection) { try writer(file, columns: $0) }
    let coverage = try fill(&table, store, isCancelled)
    return (Written(file: file, rows: table.count), coverage)
  }

  private func fill(
    _ sink: inout some TokenSink, _ store: Store, _ isCancelled: () -> Bool
  ) throws -> TokenCoverage {
    let coverage = try store.forEachTokenOutcome(of: experiment, export.selection) { outcome in
      if isCancelled() { throw CancellationError() }
      try sink.add(outcome)
    }
    try sink.finish()
    return coverage
  }

  /// The report's tables.
  func cells(_ report: Report) throws -> [Written] {
    let selection = export.selection
    return [
      try write(report.layersTable(including: selection.includes(_:)), "layers"),
      try write(
        report.effectsTable { selection.includes(knockout: $0) && selection.includes($1) }, "effects"),
      try write(
        report.placesTable { $0.map(selection.includes(knockout:)) != false && selection.includes($1) }, "places"),
    ]
  }

  private func write(_ table: Table, _ name: String) throws -> Written {
    let file = try StagedFile(at: path(name))
    if export.format == .npz {
      try TableArrays.write(table, to: file)
    } else {
      var writer = try writer(file, columns: table)
      try writer.write(table)
      try writer.finish()
    }
    return Written(file: file, rows: table.rows)
  }

  private func writer(_ file: StagedFile, columns: Table) throws -> any TableWriter {
    export.format == .csv
      ? try CSVWriter(file, columns: columns) : try ParquetWriter(file, columns: columns, metadata: metadata)
  }

  private func path(_ name: String) -> String { paths[name] ?? "\(export.directory)/\(name)" }
}
