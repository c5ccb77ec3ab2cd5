import Catalog
import Foundation

/// What the page's charts draw, in percent with two digits: enough for a curve, small enough for a page.
struct ChartData: Encodable {
  /// A curve over sites; null where there is no number.
  struct Series: Encodable {
    let value: [Double?]
    let low: [Double?]
    let high: [Double?]

    init(_ estimates: [Estimate?]) {
      func percent(_ share: Double?) -> Double? { share.map { (10_000 * $0).rounded() / 100 } }
      value = estimates.map { percent($0?.value) }
      low = estimates.map { percent($0?.interval?.low) }
      high = estimates.map { percent($0?.interval?.high) }
    }
  }

  struct Run: Encodable {
    let name: String
    let accuracy: Series
    let recovery: Series
    let relapse: Series
    let netRecovery: Series
  }

  struct Knockout: Encodable {
    let name: String
    let windows: [Window]
    /// The window shown first: the one with the largest change at the last site.
    let first: Int
  }

  struct Window: Encodable {
    let label: String
    let knockout: Series
    let control: Series?
    /// Change of accuracy, by row of the image.
    let rows: Series?
  }

  /// The baseline by place.
  struct Places: Encodable {
    /// Change of accuracy since the reference, by row of the image.
    let rows: Series
    /// Recovery at the last site, by number of correct neighbours.
    let neighbours: Series
    /// By site.
    let alike: Series
    let boundary: Series
    let interior: Series
  }

  let sites: [String]
  /// The runs' baselines, this report's first.
  let runs: [Run]
  /// The sites behind the adapter, which knockouts' curves are over.
  let decoder: [String]
  let baseline: Series
  let knockouts: [Knockout]
  let places: Places?
  let gallery: GalleryData?

  init(_ report: Report) {
    let findings = report.findings
    sites = findings.sites.map(\.site.description)
    runs = ([findings] + report.others).map { run in
      let sites = findings.sites.map { run.finding(at: $0.site) }
      // Outcome sets are defined at the reference, so their curves begin there.
      let behind = sites.map { $0.flatMap { $0.site < run.reference ? nil : $0 } }
      return Run(
        name: run.name, accuracy: Series(sites.map { $0?.accuracy }), recovery: Series(behind.map { $0?.recovery }),
        relapse: Series(behind.map { $0?.relapse }), netRecovery: Series(behind.map { $0?.netRecovery }))
    }
    let decoder = findings.sites.filter { $0.site >= .adapter }
    self.decoder = decoder.map(\.site.description)
    baseline = Series(decoder.map(\.recovery))
    gallery =
      report.gallery.isEmpty
      ? nil : GalleryData(report.gallery, grid: report.grid, classes: findings.classes.count)
    places = findings.places.map { found in
      Places(
        rows: Series(found.accuracy.rows.map(\.gain)),
        neighbours: Series(found.accuracy.correctNeighbours.map(\.accuracy.last)), alike: Series(found.alike),
        boundary: Series(found.accuracy.boundary.accuracy), interior: Series(found.accuracy.interior.accuracy))
    }
    knockouts = findings.knockoutsByName.map { name, windows in
      Knockout(
        name: name,
        windows: windows.map { window in
          // Before its window a knockout is the baseline; behind its horizon it was not computed.
          func curve(_ level: (EffectFinding) -> Estimate?) -> Series {
            Series(
              decoder.map { site in
                site.site < .llm(window.window.first)
                  ? site.recovery : window.effects.first { $0.site == site.site }.flatMap(level)
              })
          }
          return Window(
            label: window.window.description, knockout: curve(\.level),
            control: window.control == nil ? nil : curve(\.controlLevel),
            rows: window.places.map { Series($0.accuracy.rows) })
        },
        first: windows.indices.max { windows[$0].lastChange < windows[$1].lastChange } ?? 0)
    }
  }

  /// JSON that can stand inside a script element: `<`, `>`, `&` and line separators are escaped.
  func script() throws -> Markup {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var text = String(decoding: try encoder.encode(self), as: UTF8.self)
    for (character, escape) in [
      ("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u{2028}", "\\u2028"), ("\u{2029}", "\\u2029"),
    ] {
      text = text.replacing(character, with: escape)
    }
    return Markup(trusted: text)
  }
}

extension Findings {
  /// The windows of each knockout, in the spec's order.
  var knockoutsByName: [(name: String, windows: [KnockoutFinding])] {
    var groups: [(name: String, windows: [KnockoutFinding])] = []
    for knockout in knockouts {
      if groups.last?.name == knockout.knockout {
        groups[groups.count - 1].windows.append(knockout)
      } else {
        groups.append((knockout.knockout, [knockout]))
      }
    }
    return groups
  }
}

extension KnockoutFinding {
  /// The size of the change at the last site computed.
  var lastChange: Double { abs(effects.last?.primaryRecovery.value ?? 0) }
}
