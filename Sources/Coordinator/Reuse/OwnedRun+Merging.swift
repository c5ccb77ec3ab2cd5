import Catalog
import Foundation
import Logging
import Protocol

extension OwnedRun {
  /// Makes a run at `path` of runs that differ in their evaluation images alone: it has all of their outcomes, without computing
  /// anything. What they gave up it gives up as well. Merging again continues what was interrupted.
  ///
  /// Throws a sentence that names what differs where the runs are not parts of one, before anything is made.
  public static func merge(_ runs: [RunDirectory], at path: String, logger: Logger) throws -> Merged {
    let experiment = try MergedExperiment(of: runs).experiment
    let run = try OwnedRun(at: path, experiment: experiment, spec: spec(of: runs))
    defer { run.withdraw() }
    _ = try RunFiles(run, reusing: runs.map(\.layout.root), adopted: { _ in }, logger: logger)
    var missing = 0
    for part in runs {
      let mapping = TrialMapping(from: part.experiment, to: experiment)
      let gaps = try part.store().quarantined().compactMap { gap in mapping[gap.trial].map { ($0, gap.error) } }
      try run.store.quarantine(gaps.map { (trial: $0.0, error: $0.1) })
      missing += gaps.count
    }
    let outcomes = try run.store.committed(in: .sweep)
    let expected = try runs.reduce(0) { try $0 + $1.store().committed(in: .sweep) }
    guard outcomes == expected else {
      throw MergeError(
        "\(expected - outcomes) of \(expected) outcomes were computed from other inputs than their run's; \(run.layout.root)"
          + " lacks them, and 'rebound run' with a spec over all images computes them")
    }
    return Merged(images: experiment.data.evaluate.count, outcomes: outcomes, missing: missing)
  }

  /// For people: the first run's spec, and what became of it.
  private static func spec(of runs: [RunDirectory]) -> Data {
    let names = runs.map(\.layout.root).joined(separator: ", ")
    let note = "# Merged from \(names). This is the spec of the first; the images are those of all.\n"
    return Data(note.utf8) + (runs.first.flatMap { FileManager.default.contents(atPath: $0.layout.spec) } ?? Data())
  }
}

/// What a merged run has.
public struct Merged: Hashable, Sendable {
  /// Evaluation images.
  public let images: Int
  /// Outcomes of the sweep.
  public let outcomes: Int
  /// Trials that were given up.
  public let missing: Int
}
