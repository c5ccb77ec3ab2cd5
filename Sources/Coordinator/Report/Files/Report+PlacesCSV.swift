extension Report {
  /// One line a place: the baseline's accuracy at every site and its gain since the reference, then each knockout's change of
  /// accuracy at the last site computed. Empty where predictions were not kept.
  public var placesCSV: String {
    var csv = CSV(
      header: ["knockout", "first_layer", "last_layer", "place", "site", "quantity"] + Estimate.header("value"))
    guard let places = findings.places else { return csv.text }
    let last = findings.sites.last?.site.description ?? ""
    for (place, found) in places.accuracy.named {
      for (site, accuracy) in zip(findings.sites, found.accuracy) {
        csv.add(["", "", "", place, site.site.description, "accuracy"] + accuracy.csv)
      }
      csv.add(["", "", "", place, last, "gain"] + found.gain.csv)
    }
    for (site, alike) in zip(findings.sites, places.alike) {
      csv.add(["", "", "", "pairs of one class", site.site.description, "alike"] + alike.csv)
    }
    for knockout in findings.knockouts {
      guard let places = knockout.places else { continue }
      let window = ["\(knockout.window.first)", "\(knockout.window.last)"]
      let site = knockout.effects.last?.site.description ?? ""
      for (place, change) in places.accuracy.named {
        csv.add([knockout.knockout] + window + [place, site, "accuracy_change"] + change.csv)
      }
      csv.add([knockout.knockout] + window + ["pairs of one class", site, "alike_change"] + places.alike.csv)
    }
    return csv.text
  }
}

extension ByPlace {
  /// Each value with its place: `row 1`, `boundary`, `interior`, `3 correct neighbours`.
  fileprivate var named: [(String, Value)] {
    rows.enumerated().map { ("row \($0 + 1)", $1) } + [("boundary", boundary), ("interior", interior)]
      + correctNeighbours.enumerated().map { ("\($0) correct neighbours", $1) }
  }
}
