import Catalog
import Foundation
import Protocol

/// The experiment that several runs are parts of: theirs, over all of their evaluation images.
///
/// Its images stand in the order that a spec over all of them gives, so the merged run is the run of that spec.
struct MergedExperiment {
  let experiment: Experiment

  /// Throws a sentence where the runs differ in more than name and evaluation images, or share one.
  init(of runs: [RunDirectory]) throws {
    guard let first = runs.first, runs.count > 1 else { throw MergeError("name two runs or more to merge") }
    for other in runs.dropFirst() {
      try Self.requireEqual(first, other)
      try Self.requireSharedInputs(first, other)
    }
    let images = try Self.disjointImages(of: runs).sorted { $0.name < $1.name }
    experiment = first.experiment.with(
      evaluate: SplitReader.sample(images.count, of: images, .evaluate, seed: first.experiment.seed),
      knockouts: first.experiment.knockouts)
  }

  private static func requireEqual(_ first: RunDirectory, _ other: RunDirectory) throws {
    let expected = first.experiment.with(evaluate: [], knockouts: first.experiment.knockouts)
    let found = other.experiment.with(
      evaluate: [], knockouts: other.experiment.knockouts, name: first.experiment.name)
    guard found != expected else { return }
    let lines = try ExperimentDifference(run: found.canonicalJSON(), spec: expected.canonicalJSON()).lines
    throw MergeError(
      other, first, "it has \(lines.joined(separator: "; ")); only the evaluation images of merged runs may differ")
  }

  /// What outcomes depend on beside the experiment: the kernel and the probes.
  private static func requireSharedInputs(_ first: RunDirectory, _ other: RunDirectory) throws {
    let (store, others) = (try first.store(), try other.store())
    let kernels = (try store.kernel(), try others.kernel())
    guard first.experiment.compute.kernel == .any || kernels.0 == kernels.1 else {
      throw MergeError(
        other, first,
        "its workers had the kernel \(kernels.1 ?? "of no worker yet"), not \(kernels.0 ?? "of no worker yet")"
      )
    }
    if first.experiment.probes.method == .imported {
      let probes = [first, other].map { FileManager.default.contents(atPath: $0.layout.importedProbes) }
      guard probes[0] != nil, probes[0] == probes[1] else {
        throw MergeError(other, first, "their copies of the imported probes differ")
      }
      return
    }
    for stage in [Stage.extract, .fit] {
      for run in [first, other] where try run.store().committed(in: stage) < run.experiment.units(of: stage) {
        throw MergeError(other, first, "\(run.layout.root) has not all outcomes of \(stage); continue it first")
      }
    }
    let probes = (try store.artifacts(of: .fit), try others.artifacts(of: .fit))
    for (site, (one, two)) in zip(first.experiment.probes.sites, zip(probes.0, probes.1)) where one != two {
      throw MergeError(other, first, "their probes at \(site) differ")
    }
  }

  private static func disjointImages(of runs: [RunDirectory]) throws -> [LabelledImage] {
    var owner: [String: RunDirectory] = [:]
    for run in runs {
      for image in run.experiment.data.evaluate {
        if let before = owner.updateValue(run, forKey: image.name) {
          throw MergeError(run, before, "both have an evaluation image '\(image.name)'")
        }
      }
    }
    return runs.flatMap(\.experiment.data.evaluate)
  }
}

/// Why runs can't be merged: one sentence.
public struct MergeError: Error, Sendable, CustomStringConvertible {
  /// One sentence for people.
  public let description: String

  init(_ description: String) { self.description = description }

  init(_ run: RunDirectory, _ other: RunDirectory, _ reason: String) {
    description = "\(run.layout.root) can't be merged with \(other.layout.root): \(reason)"
  }
}
