import Catalog
import Foundation
import Protocol
import Testing

@testable import Coordinator

/// A run takes in more images and variants: whatever their order, an outcome stays with its image and its variant.
@Suite struct ExtensionTests {
  let scratch: ScratchDirectory
  var path: String { "\(scratch.path)/run" }
  let old = SmallRun.experiment(images: 3, windows: 3)

  init() throws { scratch = try ScratchDirectory() }

  /// Two images before, one behind; a knockout before; the windows the other way round and one more; controls.
  private var grown: Experiment {
    let all = SmallRun.experiment(images: 6, windows: 3).data.evaluate
    let rule = old.knockouts[0]
    func knockout(_ name: String, _ windows: [LayerWindow]) -> Knockout {
      Knockout(
        name: name, edit: rule.edit, queries: rule.queries, keys: rule.keys, windows: windows, control: .init(draws: 2))
    }
    return Experiment(
      name: old.name, model: old.model,
      data: .init(
        classes: old.data.classes, void: old.data.void, train: old.data.train,
        evaluate: [all[5], all[4]] + old.data.evaluate.reversed() + [all[3]]),
      probes: old.probes, reference: old.reference,
      knockouts: [
        knockout("other", rule.windows),
        knockout(rule.name, rule.windows.reversed() + [LayerWindow(first: 1, last: 2)]),
      ], horizon: old.horizon, compute: old.compute, seed: old.seed)
  }

  private func begin() throws {
    let run = try OwnedRun(at: path, experiment: old, spec: Data("old".utf8))
    defer { run.withdraw() }
    for stage in Stage.allCases {
      try run.store.commit(old.trials(of: stage).map { Store.Commit(try SmallRun.encoded($0), by: "n1/1") })
    }
    try run.store.forget([TrialID(stage: .sweep, unit: 1, variant: 2)])
    try run.store.quarantine([(TrialID(stage: .sweep, unit: 1, variant: 2), "no luck")])
  }

  /// What the run has is what was committed, under the numbers of `experiment`.
  private func expectKept(_ experiment: Experiment) throws {
    let run = try RunDirectory(reading: path)
    #expect(run.experiment == experiment)
    let store = try run.store()
    var outcomes: [StoredOutcome] = []
    for stage in Stage.allCases { try store.forEachOutcome(of: stage) { outcomes.append($0) } }
    #expect(outcomes.count == 2 + 3 + 3 * 4 - 1)
    for outcome in outcomes {
      let original: TrialID
      if outcome.trial.stage == .sweep {
        let image = experiment.data.evaluate[Int(outcome.trial.unit)].name
        let unit = try #require(old.data.evaluate.firstIndex { $0.name == image })
        var variant = 0
        if outcome.trial.variant > 0 {
          let found = experiment.variants[Int(outcome.trial.variant) - 1]
          #expect(experiment.knockouts[found.knockout].name == "wrong" && found.arm == .treatment)
          variant = try #require(old.variants.first { $0.window == found.window }).index
        }
        original = TrialID(stage: .sweep, unit: UInt32(unit), variant: UInt32(variant))
      } else {
        original = outcome.trial
      }
      #expect(outcome.payload == SmallRun.payload(of: original))
      #expect(try store.outcome(of: outcome.trial) == outcome)
    }
    let gap = try #require(try store.quarantined().first)
    #expect(experiment.data.evaluate[Int(gap.trial.unit)].name == old.data.evaluate[1].name)
    #expect(experiment.variants[Int(gap.trial.variant) - 1].window == old.variants[1].window)
  }

  @Test func `outcomes stay with their images and variants through two extensions`() throws {
    try begin()
    let middle = SmallRun.experiment(images: 4, windows: 3)
    let first = try OwnedRun.extend(path, to: middle, spec: Data("middle".utf8))
    #expect((first.images, first.variants, first.trials) == (1, 0, 4))
    try expectKept(middle)
    let second = try OwnedRun.extend(path, to: grown, spec: Data("new".utf8))
    #expect((second.images, second.variants, second.trials) == (2, 3 * 5 + 4 * 5 - 3, 6 * 36 - 4 * 4))
    try expectKept(grown)
    #expect(FileManager.default.contents(atPath: RunLayout(root: path).spec) == Data("new".utf8))
    #expect(try OwnedRun.extend(path, to: grown, spec: Data()).trials == 0)
    try expectKept(grown)
  }

  @Test func `a crash before the transaction leaves the run as it was`() throws {
    try begin()
    try PendingExtension(RunLayout(root: path)).announce(grown)
    try expectKept(old)
    _ = try OwnedRun(at: path, experiment: old, spec: Data())
    try expectKept(old)
  }

  @Test func `a crash behind the transaction is made good by the next coordinator, and readers are not misled`() throws
  {
    try begin()
    do {
      let run = try OwnedRun(at: path, experiment: old, spec: Data())
      try PendingExtension(run.layout).announce(grown)
      try run.store.renumber(TrialMapping(from: old, to: grown), experiment: grown.digest())
    }
    let error = #expect(throws: StoreError.self) { try RunDirectory(reading: path).store() }
    #expect(error?.code == .extended)
    do { _ = try OwnedRun(at: path, experiment: grown, spec: Data()) }
    try expectKept(grown)
  }

  @Test func `a run in use, and a spec that is not the run's and more, are refused`() throws {
    try begin()
    do {
      let owner = try OwnedRun(at: path, experiment: old, spec: Data())
      #expect(
        #expect(throws: RunDirectoryError.self) { try OwnedRun.extend(path, to: grown, spec: Data()) }?.code == .inUse)
      withExtendedLifetime(owner) {}
    }
    let error = #expect(throws: RunDirectoryError.self) {
      try OwnedRun.extend(path, to: SmallRun.experiment(images: 3, windows: 3, seed: 8), spec: Data())
    }
    #expect(error?.description.contains("seed: 7, not 8") == true)
    #expect(throws: RunDirectoryError.self) {
      try OwnedRun.extend(path, to: SmallRun.experiment(images: 2, windows: 3), spec: Data())
    }
    #expect(throws: RunDirectoryError.self) {
      try OwnedRun.extend(path, to: SmallRun.experiment(images: 4, windows: 2), spec: Data())
    }
    try expectKept(old)
  }
}
