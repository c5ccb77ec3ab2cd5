import Catalog
import Foundation
import Protocol
import Testing

@testable import Coordinator

@Suite struct StageTests {
  @Test func `stages follow each other, and leases name what the former one made`() throws {
    var desk = Desk()
    desk.join(1)
    let shards = (0..<2).map { Digest(of: SmallRun.feature(of: TrialID(stage: .extract, unit: $0))) }
    for _ in 0..<2 {
      #expect(desk.lease(of: 1)?.stage == .extract && desk.lease(of: 1)?.artifacts == [])
      try desk.finish(1)
    }
    for site in 0..<3 {
      #expect(desk.lease(of: 1)?.stage == .fit && desk.lease(of: 1)?.unit == UInt32(site))
      #expect(desk.lease(of: 1)?.artifacts == shards)
      try desk.finish(1)
    }
    #expect(desk.lease(of: 1)?.artifacts == (0..<3).map { Digest(of: Data("probe \($0)".utf8)) })
    #expect(desk.lease(of: 1)?.variants == [0, 1, 2, 3, 4])
    for _ in 0..<3 { try desk.finish(1) }
    #expect(desk.ending == nil)
    desk.feed(.goodbye(from: WorkerID(1)))
    #expect(desk.ending == .finished(missing: 0))
  }

  @Test func `a missing shard is a gap that the fit goes on without`() throws {
    var desk = Desk()
    desk.join(1)
    desk.fail(1)
    #expect(desk.quarantined == [TrialID(stage: .extract, unit: 0)])
    try desk.finish(1)
    #expect(desk.lease(of: 1)?.artifacts == [Digest(of: SmallRun.feature(of: TrialID(stage: .extract, unit: 1)))])
  }

  @Test func `a missing probe makes its site absent, unless it is the reference`() throws {
    var desk = Desk()
    desk.join(1)
    for _ in 0..<2 { try desk.finish(1) }
    desk.fail(1)  // vision.1
    for _ in 0..<2 { try desk.finish(1) }
    #expect(desk.lease(of: 1)?.stage == .sweep)
    #expect(desk.lease(of: 1)?.artifacts.count == 2)

    var other = Desk()
    other.join(1)
    for _ in 0..<3 { try other.finish(1) }
    other.fail(1)  // adapter, the reference
    try other.finish(1)
    other.feed(.goodbye(from: WorkerID(1)))
    guard case .failed(let reason) = other.ending else {
      Issue.record("it ended with \(String(describing: other.ending))")
      return
    }
    #expect(reason == "the probe at the reference site adapter could not be fitted: it failed")
  }

  @Test func `no training image at all ends the run with the first error`() {
    var desk = Desk()
    desk.join(1)
    desk.fail(1)
    desk.fail(1)
    desk.feed(.goodbye(from: WorkerID(1)))
    guard case .failed(let reason) = desk.ending else {
      Issue.record("it ended with \(String(describing: desk.ending))")
      return
    }
    #expect(reason.hasSuffix("the first error: it failed"))
  }

  @Test func `a quarantined trial gets another chance at the next start, unless a later stage went on without it`()
    throws
  {
    var recovered = SweepState.Recovered()
    recovered.kernel = SmallRun.kernel
    let extract = (0..<2).map { TrialID(stage: .extract, unit: $0) }
    recovered.committed = [(extract[0], SmallRun.model, SmallRun.model)]
    recovered.quarantined = [(extract[1], "it failed")]
    var desk = Desk(recovered: recovered)
    desk.join(1)
    #expect(desk.lease(of: 1)?.trials == [extract[1]])

    recovered.committed.append((TrialID(stage: .fit, unit: 0), SmallRun.model, SmallRun.model))
    desk = Desk(recovered: recovered)
    desk.join(1)
    #expect(desk.lease(of: 1)?.trials == [TrialID(stage: .fit, unit: 1)])
  }

  @Test func `inputs depend on what decides a stage's numbers, and on nothing else`() {
    let plain = SmallRun.experiment()
    func inputs(_ experiment: Experiment, _ stage: Stage, kernel: String? = "A", artifacts: [Digest] = []) -> Digest {
      StageInputs(of: experiment, stage: stage, kernel: kernel, artifacts: artifacts).digest
    }
    for stage in Stage.allCases {
      #expect(inputs(plain, stage) == inputs(SmallRun.experiment(images: 9, windows: 4), stage))
      #expect(inputs(plain, stage) != inputs(SmallRun.experiment(seed: 8), stage))
      #expect(inputs(plain, stage) != inputs(plain, stage, kernel: "B"))
      #expect(inputs(plain, stage) != inputs(plain, stage, kernel: nil))
      #expect(inputs(plain, stage) != inputs(plain, stage, artifacts: [SmallRun.model]))
    }
    #expect(inputs(plain, .extract) != inputs(SmallRun.experiment(training: 24), .extract))
    #expect(inputs(plain, .sweep) == inputs(SmallRun.experiment(training: 24), .sweep))
    #expect(Set(Stage.allCases.map { inputs(plain, $0) }).count == 3)
  }
}
