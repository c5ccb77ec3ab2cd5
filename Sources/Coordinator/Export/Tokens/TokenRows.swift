import Catalog
import Protocol

/// The rows of some outcomes: what is known of a token at a site under a variant.
struct TokenRows {
  private let experiment: Experiment
  private let selection: ExportSelection
  /// [image token], its place on the grid.
  private let gridRows, gridColumns: [Int32]
  private let images, clusters, knockouts, sites: [String]

  // All [row]: texts are positions in lists, as in ``Table/Words``.
  private var image: [UInt32] = []
  private var cluster: [UInt32] = []
  private var row: [Int32] = []
  private var column: [Int32] = []
  private var gold: [UInt32] = []
  private var reference: [UInt32] = []
  private var knockout: [UInt32] = []
  private var arm: [UInt32] = []
  private var draw: [Int32] = []
  private var firstLayer: [Int32] = []
  private var lastLayer: [Int32] = []
  private var site: [UInt32] = []
  private var siteIndex: [Int32] = []
  private var prediction: [UInt32] = []
  private var baseline: [UInt32] = []
  private var target: [Bool] = []

  private static let outcomes = ["wrong", "correct"]

  init(_ experiment: Experiment, _ selection: ExportSelection) {
    self.experiment = experiment
    self.selection = selection
    let grid = experiment.model.grid
    gridRows = (0..<grid.tokens).map { Int32($0 / grid.columns) }
    gridColumns = (0..<grid.tokens).map { Int32($0 % grid.columns) }
    images = experiment.data.evaluate.map(\.name)
    clusters = experiment.data.evaluate.map(\.cluster)
    // The baseline edits nothing: its knockout has no name.
    knockouts = [""] + experiment.knockouts.map(\.name)
    sites = experiment.probes.sites.map(\.description)
  }

  var count: Int { row.count }

  /// Adds an outcome's tokens at `site`; none if that is not exported.
  mutating func add(_ outcome: TokenOutcome, at site: Site) {
    guard selection.includes(site), let index = experiment.probes.sites.firstIndex(of: site),
      let now = outcome.results.predictions(at: site), let before = outcome.baseline.predictions(at: site)
    else { return }
    let variant = outcome.variant
    let (arm, draw) = ExportedArm.of(variant)
    fill(\.image, with: UInt32(outcome.image))
    fill(\.cluster, with: UInt32(outcome.image))
    row += gridRows
    column += gridColumns
    gold += Self.codes(outcome.baseline.gold)
    reference += outcomeAtReference(outcome.baseline)
    fill(\.knockout, with: variant.map { UInt32($0.knockout + 1) } ?? 0)
    fill(\.arm, with: UInt32(arm.rawValue))
    fill(\.draw, with: Int32(draw))
    fill(\.firstLayer, with: Int32(variant?.window.first ?? 0))
    fill(\.lastLayer, with: Int32(variant?.window.last ?? 0))
    fill(\.site, with: UInt32(index))
    fill(\.siteIndex, with: Int32(index))
    prediction += Self.codes(now)
    baseline += Self.codes(before)
    let first = target.count
    fill(\.target, with: false)
    for token in outcome.results.targets { target[first + Int(token)] = true }
  }

  /// Forgets all rows.
  mutating func removeAll() { self = TokenRows(experiment, selection) }

  var table: Table {
    func texts(_ name: String, _ list: [String], _ codes: [UInt32]) -> Table.Column {
      .init(name: name, values: .texts(.init(list: list, codes: codes)))
    }
    func integers(_ name: String, _ values: [Int32]) -> Table.Column { .init(name: name, values: .integers(values)) }
    let classes = experiment.data.classes
    return Table(columns: [
      texts("image", images, image), texts("cluster", clusters, cluster), integers("row", row),
      integers("column", column), texts("gold", classes, gold),
      texts("reference_outcome", Self.outcomes, reference), texts("knockout", knockouts, knockout),
      texts("arm", ExportedArm.allCases.map(\.description), arm), integers("draw", draw),
      integers("first_layer", firstLayer), integers("last_layer", lastLayer), texts("site", sites, site),
      integers("site_index", siteIndex), texts("prediction", classes, prediction),
      texts("baseline_prediction", classes, baseline), .init(name: "target", values: .flags(target)),
    ])
  }

  private mutating func fill<Value>(_ column: WritableKeyPath<Self, [Value]>, with value: Value) {
    self[keyPath: column].append(contentsOf: repeatElement(value, count: gridRows.count))
  }

  /// A class's position is its number.
  private static func codes(_ labels: [UInt16]) -> [UInt32] {
    labels.map { $0 == CellResults.void ? Table.Words.missing : UInt32($0) }
  }

  /// [image token]: whether the baseline is correct at the reference; missing where void.
  private func outcomeAtReference(_ baseline: CellResults) -> [UInt32] {
    let predictions = baseline.predictions(at: experiment.reference) ?? []
    return zip(baseline.gold, predictions).map { gold, prediction in
      gold == CellResults.void ? Table.Words.missing : gold == prediction ? 1 : 0
    }
  }
}
