import Catalog
import Foundation
import Protocol

extension RunDirectory {
  /// The report of what is committed now.
  ///
  /// - Parameters:
  ///   - build: the version of rebound that makes the report.
  ///   - others: runs to show beside it, such as an untrained twin.
  ///   - picture: a JPEG of what the model sees of an image, if it can be made: for the gallery.
  public func report(
    build: String, beside others: [RunDirectory] = [], picture: (LabelledImage) -> Data? = { _ in nil }
  ) throws -> Report {
    let store = try store()
    let (findings, places) = try findings(in: store)
    return Report(
      findings: findings,
      provenance: try Provenance(
        experiment: experiment, build: build, kernels: [try store.kernel()].compactMap(\.self),
        nondeterminism: store.differences()),
      others: try others.map { try $0.findings(in: $0.store()).findings },
      gallery: try GalleryWall.all(findings, places, in: store, picture: picture), grid: experiment.model.grid)
  }

  private func findings(in store: Store) throws -> (findings: Findings, places: PlaceTally) {
    let quarantined = try store.quarantined().map {
      MissingTrial(trial: $0.trial, subject: experiment.subject(of: $0.trial), reason: $0.error)
    }
    var (tally, places) = (Tally(experiment), PlaceTally(experiment))
    try store.forEachCell { image, variant, results in
      try tally.add(image: image, variant: variant, results)
      try places.add(image: image, variant: variant, results)
    }
    return (Findings(tally, places: places, quarantined: quarantined), places)
  }
}

extension Tally {
  /// The tally of `experiment`'s outcomes that `store` holds.
  public init(_ experiment: Experiment, adding store: Store) throws {
    self.init(experiment)
    try store.forEachCell { try add(image: $0, variant: $1, $2) }
  }
}

extension Store {
  /// Calls `body` for every committed outcome of the sweep, with its image and variant, in that order.
  fileprivate func forEachCell(_ body: (Int, Int, CellResults) throws -> Void) throws {
    try forEachOutcome(of: .sweep) { outcome in
      if case .cells(let results) = outcome.payload {
        try body(Int(outcome.trial.unit), Int(outcome.trial.variant), results)
      }
    }
  }
}

extension Experiment {
  /// What a trial is about, for people; the trial's own text if it is not this experiment's.
  fileprivate func subject(of trial: TrialID) -> String {
    let unit = Int(trial.unit)
    guard unit < units(of: trial.stage) else { return trial.description }
    switch trial.stage {
    case .extract: return trainingShard(unit).map(\.name).joined(separator: ", ")
    case .fit: return probes.sites[unit].description
    case .sweep: return data.evaluate[unit].name
    }
  }
}
