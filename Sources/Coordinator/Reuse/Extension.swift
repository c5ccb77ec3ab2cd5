import Catalog
import Foundation
import Protocol

/// More of the same than a run has: evaluation images, knockouts, windows, draws. What is there keeps its outcomes.
public struct Extension: Sendable {
  /// The experiment with what was added.
  public let experiment: Experiment
  /// Evaluation images that were added.
  public let images: Int
  /// Variants of each image that were added.
  public let variants: Int
  let mapping: TrialMapping

  /// Throws a sentence that names what differs where the new experiment is not the old one and more.
  init(of old: Experiment, to new: Experiment, run: String) throws {
    mapping = TrialMapping(from: old, to: new)
    if let reason = try Self.obstacle(old, new, mapping) {
      throw RunDirectoryError(
        .otherExperiment,
        "\(run) can't be extended to this spec: \(reason). A run is extended by evaluation images, knockouts, windows and"
          + " draws; for anything else start another with --out, which may take over what fits with 'reuse:'")
    }
    experiment = new
    images = new.data.evaluate.count - old.data.evaluate.count
    variants = new.trialsPerUnit(of: .sweep) - old.trialsPerUnit(of: .sweep)
  }

  /// Trials of the sweep that were added.
  public var trials: Int {
    let (all, each) = (experiment.data.evaluate.count, experiment.trialsPerUnit(of: .sweep))
    return all * each - (all - images) * (each - variants)
  }

  private static func obstacle(_ old: Experiment, _ new: Experiment, _ mapping: TrialMapping) throws -> String? {
    let grown = try old.with(evaluate: new.data.evaluate, knockouts: new.knockouts).canonicalJSON()
    let spec = try new.canonicalJSON()
    if grown != spec {
      return "it has " + (try ExperimentDifference(run: grown, spec: spec).lines.joined(separator: "; "))
    }
    if let lost = mapping.units.firstIndex(of: nil) {
      return "its evaluation image '\(old.data.evaluate[lost].name)' is missing there"
    }
    for (image, unit) in zip(old.data.evaluate, mapping.units) {
      guard let unit, new.data.evaluate[Int(unit)].cluster != image.cluster else { continue }
      return "its evaluation image '\(image.name)' is in another cluster there"
    }
    guard let lost = mapping.variants.firstIndex(of: nil), lost > 0 else { return nil }
    let variant = old.variants[lost - 1]
    let window = "[\(variant.window.first), \(variant.window.last)]"
    return "its variant '\(old.knockouts[variant.knockout].name)' in window \(window), \(variant.arm), is missing there"
  }
}

extension Experiment {
  /// The same experiment on other evaluation images with other knockouts, and perhaps under another name.
  func with(evaluate: [LabelledImage], knockouts: [Knockout], name: String? = nil) -> Experiment {
    Experiment(
      name: name ?? self.name, model: model,
      data: Data(
        classes: data.classes, labels: data.labels, void: data.void, encoding: data.encoding, geometry: data.geometry,
        train: data.train, evaluate: evaluate),
      probes: probes, reference: reference, knockouts: knockouts, horizon: horizon, compute: compute, seed: seed)
  }
}
