import Catalog
import Foundation
import Protocol

extension OwnedRun {
  /// Extends the run at `path` to `experiment`, without computing anything; `spec` is kept for people.
  ///
  /// What is there keeps its outcomes, under new numbers where the order changed. A crash leaves the run as it was or
  /// extended. Throws where a coordinator is using the run, and where the experiment is not the run's and more.
  public static func extend(_ path: String, to experiment: Experiment, spec: Data) throws -> Extension {
    let old = try RunDirectory(reading: path)
    let run = try OwnedRun(
      at: path, experiment: old.experiment, spec: FileManager.default.contents(atPath: old.layout.spec) ?? Data())
    defer { run.withdraw() }
    let addition = try Extension(of: run.experiment, to: experiment, run: run.layout.root)
    let pending = PendingExtension(run.layout)
    try pending.announce(experiment)
    try run.store.renumber(addition.mapping, experiment: experiment.digest())
    try pending.complete(spec: spec)
    return addition
  }
}

/// An extension on its way: the store's transaction decides whether it happened, and `experiment.json` follows it.
struct PendingExtension {
  private let layout: RunLayout

  init(_ layout: RunLayout) { self.layout = layout }

  /// What is about to be done is written down, so that a crash behind the store's transaction can be made good.
  func announce(_ experiment: Experiment) throws {
    try write(experiment.canonicalJSON(), to: layout.pendingExtension)
  }

  /// The store is extended: the run's files follow.
  func complete(spec: Data?) throws {
    guard let json = FileManager.default.contents(atPath: layout.pendingExtension) else { return }
    if let spec { try write(spec, to: layout.spec) }
    try write(json, to: layout.experiment)
    unlink(layout.pendingExtension)
  }

  /// Ends what a crash interrupted, in whichever direction the store has decided; throws where somebody is at it.
  func settleIfLeft() throws {
    guard FileManager.default.fileExists(atPath: layout.pendingExtension) else { return }
    let ownership = try RunOwnership(layout)
    defer { withExtendedLifetime(ownership) {} }
    guard let json = FileManager.default.contents(atPath: layout.pendingExtension) else { return }
    if try Store.read(layout).experiment == Digest(of: json) {
      try complete(spec: nil)
    } else {
      unlink(layout.pendingExtension)
    }
  }

  private func write(_ data: Data, to path: String) throws {
    do { try AtomicFile.write(data, to: path) } catch let error as AtomicFileError { throw error.storeError }
  }
}
