import Catalog
import Foundation
import Protocol
import Testing

@testable import Coordinator

/// What a new run may take over from another one.
@Suite struct AdoptionTests {
  let scratch: ScratchDirectory
  let old = SmallRun.experiment(images: 2, windows: 2)

  init() throws { scratch = try ScratchDirectory() }

  /// A finished run of `old`.
  private func finished() throws -> RunDirectory {
    let run = try OwnedRun(at: "\(scratch.path)/old", experiment: old, spec: Data())
    defer { run.withdraw() }
    try run.store.recordKernel(SmallRun.kernel)
    var artifacts: [Digest] = []
    for stage in Stage.allCases {
      let inputs = StageInputs(of: old, stage: stage, kernel: SmallRun.kernel, artifacts: artifacts).digest
      try run.store.commit(
        old.trials(of: stage).map { Store.Commit(try SmallRun.encoded($0, inputs: inputs), by: "n1/1") })
      artifacts = try run.store.artifacts(of: stage)
    }
    return try RunDirectory(reading: "\(scratch.path)/old")
  }

  private func adopt(_ experiment: Experiment, kernel: String? = nil) throws -> [Stage: Int] {
    let source = try finished()
    let run = try OwnedRun(at: "\(scratch.path)/new", experiment: experiment, spec: Data())
    defer { run.withdraw() }
    if let kernel { try run.store.recordKernel(kernel) }
    let counts = try Adoption(run: run, importedProbes: nil).adopt(from: source).counts
    for stage in Stage.allCases {
      try run.store.forEachOutcome(of: stage) { #expect($0.payload == SmallRun.payload(of: $0.trial)) }
    }
    if counts.values.contains(where: { $0 > 0 }) {
      #expect(try run.store.kernel() == SmallRun.kernel)
      #expect(try Adoption(run: run, importedProbes: nil).adopt(from: source).counts.values.allSatisfy { $0 == 0 })
    }
    return counts
  }

  /// `old` with other paths of its training images.
  private func elsewhere(_ edit: (LabelledImage) -> LabelledImage) -> Experiment {
    Experiment(
      name: old.name, model: old.model,
      data: .init(
        classes: old.data.classes, void: old.data.void, train: old.data.train.map(edit), evaluate: old.data.evaluate),
      probes: old.probes, reference: old.reference, knockouts: old.knockouts, horizon: old.horizon,
      compute: old.compute, seed: old.seed)
  }

  @Test func `all that is the same is taken over, once`() throws {
    #expect(try adopt(SmallRun.experiment(images: 3, windows: 2)) == [.extract: 2, .fit: 3, .sweep: 6])
  }

  @Test func `nothing is taken over from another kernel, nor into it`() throws {
    #expect(try adopt(old, kernel: "OpenBLAS Zen") == [:])
  }

  @Test func `training images of the same names that lie elsewhere, or have other label maps, are others`() throws {
    let images = elsewhere { .init(name: $0.name, image: "/other\($0.image)", mask: $0.mask, cluster: $0.cluster) }
    #expect(try adopt(images).values.allSatisfy { $0 == 0 })
    let masks = elsewhere { .init(name: $0.name, image: $0.image, mask: "/other.png", cluster: $0.cluster) }
    try FileManager.default.removeItem(atPath: "\(scratch.path)/new")
    try FileManager.default.removeItem(atPath: "\(scratch.path)/old")
    #expect(try adopt(masks).values.allSatisfy { $0 == 0 })
  }
}
