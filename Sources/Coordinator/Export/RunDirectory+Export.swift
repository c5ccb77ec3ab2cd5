import Catalog
import Foundation
import Protocol

extension RunDirectory {
  /// Writes what `export` asks for. The files appear together at the end, each whole; where something fails, none does.
  ///
  /// Memory holds one image's baseline, and about half a million rows. Blocks its thread.
  ///
  /// - Parameter isCancelled: asked now and then; after a yes, `CancellationError` is thrown.
  ///
  /// Throws if the sweep has no outcome yet, if a file is there and may not be replaced, and if one can't be written.
  public func export(_ export: Export, isCancelled: () -> Bool = { false }) throws -> Export.Summary {
    let store = try store()
    guard try store.committed(in: .sweep) > 0 else {
      throw ExportError(
        "\(layout.root) holds no result of its sweep yet; 'rebound status \(layout.root)' says how it stands")
    }
    let paths = Dictionary(
      uniqueKeysWithValues: export.contents.flatMap(\.names).map {
        ($0, "\(export.directory)/\($0).\(export.format.rawValue)")
      })
    for path in paths.values.sorted() where !export.replaces && FileManager.default.fileExists(atPath: path) {
      throw ExportError("\(path) is there already; replace it with --force, or name another place with --out")
    }
    try NewDirectory.make(export.directory)
    let exporting = Exporting(experiment: experiment, export: export, metadata: metadata(export), paths: paths)
    var summary = Export.Summary(bitReproducible: experiment.compute.kernel == .uniform)
    var staged: [Exporting.Written] = []
    do {
      if export.contents.contains(.tokens) {
        let (table, coverage) = try exporting.tokens(store, isCancelled)
        staged.append(table)
        summary.images = .init(complete: coverage.images, total: experiment.data.evaluate.count)
        summary.withoutBaseline = coverage.withoutBaseline
      }
      if export.contents.contains(.cells) { staged += try exporting.cells(report(build: export.build)) }
      if isCancelled() { throw CancellationError() }
      for table in staged {
        try table.file.commit()
        summary.files.append(.init(path: table.file.path, bytes: table.file.length, rows: table.rows))
      }
    } catch let error as AtomicFileError { throw error.storeError }
    return summary
  }

  /// What decides the numbers, for the files that can carry it.
  private func metadata(_ export: Export) -> [(key: String, value: String)] {
    [
      ("rebound.build", export.build), ("rebound.run", experiment.name), ("rebound.experiment", digest.description),
      ("rebound.reference", experiment.reference.description),
      ("rebound.bit_reproducible", experiment.compute.kernel == .uniform ? "true" : "false"),
    ]
  }
}
