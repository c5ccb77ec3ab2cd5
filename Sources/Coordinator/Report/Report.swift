import Catalog
import Foundation

/// A run's findings, in every form that people and programs read them: text, JSON, CSV and a page.
public struct Report: Sendable {
  /// What was found.
  public let findings: Findings
  /// Where it comes from.
  public let provenance: Provenance
  /// Findings of other runs to show beside it, such as an untrained twin.
  public let others: [Findings]
  /// The images that changed most.
  let gallery: [GalleryWall]
  /// The grid of their tokens.
  let grid: Grid

  /// This run beside the others; nil where there are none.
  var comparison: Comparison? { others.isEmpty ? nil : Comparison(runs: [findings] + others) }

  /// Takes each property as it is; a gallery comes with the grid of its tokens.
  init(
    findings: Findings, provenance: Provenance, others: [Findings] = [], gallery: [GalleryWall] = [],
    grid: Grid = Grid(rows: 0, columns: 0)
  ) {
    self.findings = findings
    self.provenance = provenance
    self.others = others
    self.gallery = gallery
    self.grid = grid
  }

  /// Writes `report.json`, `layers.csv`, `effects.csv`, `classes.csv`, `places.csv` and then `index.html` into `directory`,
  /// which is made if it is missing. Each file is replaced whole or not at all.
  ///
  /// Throws if a file cannot be written, and ``ChartLibrary/Missing`` if there is no Chart.js at `chartLibrary`: the other
  /// files are there then, and the page is not.
  public func write(to directory: URL, chartLibrary: String = ChartLibrary.debianPath) throws {
    try NewDirectory.make(directory.path)
    func write(_ data: Data, _ name: String) throws {
      do { try AtomicFile.write(data, to: directory.appendingPathComponent(name).path) } catch let error
        as AtomicFileError
      { throw error.storeError }
    }
    try write(try json(), "report.json")
    try write(Data(layersCSV.utf8), "layers.csv")
    try write(Data(effectsCSV.utf8), "effects.csv")
    try write(Data(classesCSV.utf8), "classes.csv")
    try write(Data(placesCSV.utf8), "places.csv")
    try write(Data(try page(charts: ChartLibrary(path: chartLibrary)).utf8), "index.html")
  }
}
