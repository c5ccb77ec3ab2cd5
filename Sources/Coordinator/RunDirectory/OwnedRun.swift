import Catalog
import Foundation
import Protocol

/// A run on disk that this process coordinates, until the value is gone.
public final class OwnedRun: Sendable {
  /// Where everything is.
  public let layout: RunLayout
  /// What the run is about.
  public let experiment: Experiment
  /// The digest that names it.
  public let digest: Digest
  /// Its outcomes.
  public let store: Store
  /// The coordinator that died while it worked on the run, if the last one did.
  public let predecessor: RunOwner?
  private let ownership: RunOwnership

  /// Begins the run at `path`, or continues it.
  ///
  /// Throws if a coordinator is using it; if it is of another experiment, naming what differs; if there is something else;
  /// and if it can't be written. `spec` is kept for people. A coordinator of another host that may still live is watched for
  /// some seconds, and `watching` told of it.
  public init(
    at path: String, experiment: Experiment, spec: Data, watching: (RunOwner) -> Void = { _ in }
  ) throws {
    let layout = RunLayout(root: RunDirectory.absolute(path))
    let json = try experiment.canonicalJSON()
    try PendingExtension(layout).settleIfLeft()
    _ = try Self.examine(layout, json)
    for directory in layout.directories { try NewDirectory.make(directory) }
    ownership = try RunOwnership(layout, watching: watching)
    CrashPoint.owned.pass()
    // Somebody else may have created it before the lock was ours.
    let isNew = try Self.examine(layout, json)
    predecessor = RunOwner(path: layout.owner)
    digest = Digest(of: json)
    store = try Store.own(layout, experiment: digest)
    CrashPoint.epochRaised.pass()
    do {
      try ownership.announce(RunOwner(epoch: store.epoch))
      CrashPoint.announced.pass()
      if isNew {
        try AtomicFile.write(spec, to: layout.spec)
        try AtomicFile.write(json, to: layout.experiment)
      }
    } catch let error as AtomicFileError {
      throw error.storeError
    }
    self.layout = layout
    self.experiment = experiment
  }

  /// The epoch of this coordinator.
  public var epoch: Epoch { store.epoch }

  /// Whether another coordinator has taken the run over.
  public var isLost: Bool { ownership.isLost }

  /// The end in good order: nobody owns the run any more.
  func withdraw() { ownership.withdraw() }

  /// Whether the run has yet to be created; throws if the place is taken by something else.
  private static func examine(_ layout: RunLayout, _ json: Data) throws -> Bool {
    if let existing = FileManager.default.contents(atPath: layout.experiment) {
      guard existing != json else { return false }
      let lines = (try? ExperimentDifference(run: existing, spec: json))?.lines ?? ["experiment.json can't be read"]
      throw RunDirectoryError(
        .otherExperiment,
        "\(layout.root) is a run of another experiment; it has \(lines.joined(separator: "; ")). Choose another directory"
          + " with --out, go back to its spec.yaml, or, if the spec only adds images or knockouts, take them in with"
          + " 'rebound extend \(layout.root) SPEC'")
    }
    // A run that a crash kept from being completed has only what we make ourselves.
    let known = Set(layout.directories.map { $0.lastPathName } + ["spec.yaml"])
    let content = (try? FileManager.default.contentsOfDirectory(atPath: layout.root)) ?? []
    if let stranger = content.sorted().first(where: { !known.contains($0) && !$0.hasSuffix(".tmp") }) {
      throw RunDirectoryError(
        .notARun, "\(layout.root) is not a run directory, and not empty: it has '\(stranger)'; choose another directory"
      )
    }
    return true
  }
}
