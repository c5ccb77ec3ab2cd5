import Catalog
import Foundation
import Logging
import Protocol
import Testing

@testable import Coordinator

/// Runs over parts of the images, made one.
@Suite struct MergingTests {
  let scratch: ScratchDirectory
  let whole = SmallRun.experiment(images: 5, windows: 2)

  init() throws { scratch = try ScratchDirectory() }

  /// A run over these of the five images, with all outcomes but those of `lacking`, which were given up.
  private func part(
    _ name: String, _ images: Range<Int>, kernel: String = SmallRun.kernel, lacking: Set<TrialID> = [],
    twist: UInt32 = 0
  ) throws -> RunDirectory {
    let experiment = whole.with(
      evaluate: Array(whole.data.evaluate[images]), knockouts: whole.knockouts, name: name)
    let run = try OwnedRun(at: "\(scratch.path)/\(name)", experiment: experiment, spec: Data("name: \(name)".utf8))
    defer { run.withdraw() }
    try run.store.recordKernel(kernel)
    var artifacts: [Digest] = []
    for stage in Stage.allCases {
      let inputs = StageInputs(of: experiment, stage: stage, kernel: kernel, artifacts: artifacts).digest
      let trials = experiment.trials(of: stage).filter { !lacking.contains($0) }
      try run.store.commit(
        trials.map { trial in
          let probe = Outcome.FittedProbe(
            file: Data("probe \(trial.unit)\(twist)".utf8), l2: 0.1, iterations: 1, heldOutAccuracy: 0.5)
          let outcome = Outcome(
            trial: trial, lease: LeaseID(1), epoch: Epoch(1), attempt: 1, inputs: inputs,
            payload: stage == .fit ? .probe(probe) : SmallRun.payload(of: trial), seconds: 1)
          return Store.Commit(try EncodedOutcome(outcome), by: "n1/1")
        })
      artifacts = try run.store.artifacts(of: stage)
    }
    try run.store.quarantine(lacking.map { ($0, "the image is cut short") })
    return try RunDirectory(reading: run.layout.root)
  }

  private func merge(_ runs: [RunDirectory]) throws -> Merged {
    try OwnedRun.merge(runs, at: "\(scratch.path)/merged", logger: Logger(label: "test"))
  }

  /// The sentence with which merging is refused; it makes nothing.
  private func refusal(_ runs: [RunDirectory]) -> String {
    let error = #expect(throws: MergeError.self) { try merge(runs) }
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/merged"))
    return error?.description ?? ""
  }

  @Test func `every image keeps its outcomes and its gaps, under its new number`() throws {
    let gap = TrialID(stage: .sweep, unit: 1, variant: 2)
    let parts = [try part("b", 3..<5, lacking: [gap]), try part("a", 0..<3)]
    #expect(try merge(parts) == Merged(images: 5, outcomes: 14, missing: 1))
    #expect(try merge(parts) == Merged(images: 5, outcomes: 14, missing: 1))
    let merged = try RunDirectory(reading: "\(scratch.path)/merged")
    let names = merged.experiment.data.evaluate.map(\.name)
    #expect(names.sorted() == whole.data.evaluate.map(\.name))
    #expect(merged.experiment.name == "b")
    let store = try merged.store()
    for part in parts {
      try part.store().forEachOutcome(of: .sweep) { outcome in
        let name = part.experiment.data.evaluate[Int(outcome.trial.unit)].name
        let unit = try #require(names.firstIndex(of: name))
        let trial = TrialID(stage: .sweep, unit: UInt32(unit), variant: outcome.trial.variant)
        #expect(try store.outcome(of: trial)?.digest == outcome.digest)
      }
    }
    let missing = try store.quarantined()
    #expect(missing.map(\.error) == ["the image is cut short"])
    #expect(missing.map { names[Int($0.trial.unit)] } == ["val4"] && missing.map(\.trial.variant) == [2])
    let spec = FileManager.default.contents(atPath: merged.layout.spec).map { String(decoding: $0, as: UTF8.self) }
    #expect(spec?.hasPrefix("# Merged from ") == true && spec?.hasSuffix("name: b") == true)
  }

  @Test func `the order of the parts is nothing to the merged run but its name`() throws {
    let parts = [try part("a", 0..<2), try part("b", 2..<5)]
    let images = try [parts, parts.reversed()].map { try MergedExperiment(of: $0).experiment.data.evaluate }
    #expect(images[0] == images[1])
  }

  @Test func `other kernels, probes and unfinished stages are told, with both runs`() throws {
    let first = try part("a", 0..<2)
    #expect(
      refusal([first, try part("zen", 2..<5, kernel: "OpenBLAS Zen")]).hasSuffix(
        "/zen can't be merged with \(first.layout.root): its workers had the kernel OpenBLAS Zen, not OpenBLAS Haswell")
    )
    #expect(refusal([first, try part("fitted", 2..<5, twist: 1)]).hasSuffix("their probes at vision.1 differ"))
    let unfinished = try part("unfinished", 2..<5, lacking: [TrialID(stage: .fit, unit: 2, variant: 0)])
    #expect(refusal([first, unfinished]).contains("/unfinished has not all outcomes of fit"))
    #expect(refusal([first]) == "name two runs or more to merge")
    #expect(refusal([first, try part("overlap", 1..<3)]).hasSuffix("both have an evaluation image 'val1'"))
  }
}
