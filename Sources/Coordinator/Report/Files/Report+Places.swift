import Catalog

extension Report {
  /// One line a place: the baseline's accuracy at every site and its gain since the reference, then each knockout's change of
  /// accuracy at the last site computed. Empty where predictions were not kept.
  public var placesCSV: String { CSV.text(of: placesTable { _, _ in true }) }

  /// The rows that `isIncluded`, which gets a row's knockout, nil for the baseline, and its site.
  func placesTable(including isIncluded: (_ knockout: String?, Site) -> Bool) -> Table {
    let rows = (baselinePlaces + findings.knockouts.flatMap(places(of:))).filter {
      isIncluded($0.window == nil ? nil : $0.knockout, $0.site)
    }
    let columns: [Table.Column] = [
      .texts("knockout", rows.map(\.knockout)), .counts("first_layer", rows.map(\.window?.first)),
      .counts("last_layer", rows.map(\.window?.last)), .texts("place", rows.map(\.place)),
      .texts("site", rows.map(\.site.description)), .texts("quantity", rows.map(\.quantity)),
    ]
    return Table(columns: columns + .estimates("value", rows.map(\.value)))
  }

  /// A quantity at a place.
  private struct PlaceRow {
    /// Empty for the baseline, which has no window.
    var knockout = ""
    var window: LayerWindow?
    let place: String
    let site: Site
    let quantity: String
    let value: Estimate
  }

  private static let pairs = "pairs of one class"

  private var baselinePlaces: [PlaceRow] {
    let sites = findings.sites.map(\.site)
    guard let places = findings.places, let last = sites.last else { return [] }
    let accuracy = places.accuracy.named.flatMap { place, found in
      zip(sites, found.accuracy).map { PlaceRow(place: place, site: $0, quantity: "accuracy", value: $1) } + [
        PlaceRow(place: place, site: last, quantity: "gain", value: found.gain)
      ]
    }
    return accuracy
      + zip(sites, places.alike).map { PlaceRow(place: Self.pairs, site: $0, quantity: "alike", value: $1) }
  }

  private func places(of knockout: KnockoutFinding) -> [PlaceRow] {
    guard let places = knockout.places, let last = knockout.effects.last else { return [] }
    let values =
      places.accuracy.named.map { ($0, "accuracy_change", $1) } + [(Self.pairs, "alike_change", places.alike)]
    return values.map { place, quantity, value in
      PlaceRow(
        knockout: knockout.knockout, window: knockout.window, place: place,
        site: last.site, quantity: quantity, value: value)
    }
  }
}

extension ByPlace {
  /// Each value with its place: `row 1`, `boundary`, `interior`, `3 correct neighbours`.
  fileprivate var named: [(String, Value)] {
    rows.enumerated().map { ("row \($0 + 1)", $1) } + [("boundary", boundary), ("interior", interior)]
      + correctNeighbours.enumerated().map { ("\($0) correct neighbours", $1) }
  }
}
