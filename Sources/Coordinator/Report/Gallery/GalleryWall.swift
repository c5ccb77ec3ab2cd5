import Catalog
import Foundation
import Protocol

/// The images that one knockout, in one window, changed most.
struct GalleryWall: Sendable {
  /// ``Knockout/name``.
  let knockout: String
  let window: LayerWindow
  let exhibits: [Exhibit]
}

/// One image as the report shows it: what its tokens are, and what they are predicted as with and without a knockout.
struct Exhibit: Sendable {
  /// ``LabelledImage/name``.
  let image: String
  /// A JPEG of what the model saw of it; nil where the file is not at hand.
  let picture: Data?
  /// [token], ``CellResults/void`` where void.
  let gold: [UInt16]
  /// [site from the adapter on][token].
  let baseline: [[UInt16]]
  /// [site from the adapter on][token]: the baseline's before the window and behind the horizon.
  let treated: [[UInt16]]
  /// The tokens that lost or gained an edge.
  let targets: [UInt32]
}

extension GalleryWall {
  /// So many knockouts are shown: few enough for a page.
  private static let mostKnockouts = 6

  /// One for each knockout that changed an image: its window with the largest effect at the last site computed.
  ///
  /// - Parameter picture: a JPEG of what the model sees of an image, if it can be made.
  static func all(
    _ findings: Findings, _ places: PlaceTally, in store: Store, picture: (LabelledImage) -> Data?
  ) throws -> [GalleryWall] {
    let experiment = places.experiment
    let sites = experiment.probes.sites.indices.filter { experiment.probes.sites[$0] >= .adapter }
    return try findings.knockoutsByName.prefix(mostKnockouts).compactMap { name, windows in
      guard let shown = windows.max(by: { $0.lastChange < $1.lastChange }),
        let index = findings.knockouts.firstIndex(of: shown)
      else { return nil }
      let intervention = places.interventions[index]
      let exhibits = try places.mostChanged[index].compactMap { image -> Exhibit? in
        guard let baseline = try store.cells(image: image, variant: 0),
          let treatment = try store.cells(image: image, variant: intervention.treatment)
        else { return nil }
        let changed = Dictionary(zip(intervention.probes, treatment.predictions)) { first, _ in first }
        let entry = experiment.data.evaluate[image]
        return Exhibit(
          image: entry.name, picture: picture(entry), gold: baseline.gold,
          baseline: sites.map { baseline.predictions[$0] },
          treated: sites.map { changed[$0] ?? baseline.predictions[$0] }, targets: treatment.targets)
      }
      return exhibits.isEmpty ? nil : GalleryWall(knockout: name, window: shown.window, exhibits: exhibits)
    }
  }
}

extension Store {
  /// The committed results of one image under one variant; nil if there are none.
  fileprivate func cells(image: Int, variant: Int) throws -> CellResults? {
    guard let unit = UInt32(exactly: image), let variant = UInt32(exactly: variant),
      case .cells(let results)? = try outcome(of: TrialID(stage: .sweep, unit: unit, variant: variant))?.payload
    else { return nil }
    return results
  }
}
