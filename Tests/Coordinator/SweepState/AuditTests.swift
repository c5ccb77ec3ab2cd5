import Catalog
import Protocol
import Testing

@testable import Coordinator

@Suite struct AuditTests {
  private func desk(_ share: Double, windows: Int = 4, recovered: SweepState.Recovered = .init()) -> Desk {
    var policy = SweepPolicy()
    policy.audit = share
    return Desk(
      SmallRun.experiment(images: 1, windows: windows, method: .imported), policy: policy, recovered: recovered)
  }

  @Test func `without an audit no trial is computed twice`() throws {
    var desk = desk(0)
    desk.join(1)
    try desk.finish(1)
    #expect(desk.state.counters.attempts == 5)
    #expect(desk.state.counters.duplicates == 0)
  }

  @Test func `every trial of the sample is computed by another worker, compared, and then the run ends`() throws {
    var desk = desk(1)
    desk.join(1)
    desk.join(2, host: "n2")
    try desk.finish(1)
    #expect(desk.ending == nil)
    desk.wait(.seconds(1), beating: [1, 2])
    let again = try #require(desk.lease(of: 2))
    #expect(again.variants == [0, 1, 2, 3, 4])
    #expect(again.baseline == nil, "a baseline that is computed again is compared by the coordinator")
    try desk.finish(2)
    #expect(desk.state.audits.done == 5)
    #expect(desk.state.counters.duplicates == 5 && desk.state.counters.nondeterminism == 0)
    desk.feed(.goodbye(from: WorkerID(1)))
    desk.feed(.goodbye(from: WorkerID(2)))
    #expect(desk.ending == .finished(missing: 0))
  }

  @Test func `a worker that is alone audits itself`() throws {
    var desk = desk(1)
    desk.join(1)
    try desk.finish(1)
    desk.wait(.seconds(1), beating: [1])
    try desk.finish(1)
    #expect(desk.state.audits.done == 5)
  }

  @Test func `a difference is counted and kept`() throws {
    var desk = desk(1)
    desk.join(1)
    try desk.finish(1)
    desk.wait(.seconds(1), beating: [1])
    let lease = try #require(desk.lease(of: 1))
    let new = desk.feed(
      .outcomes([try EncodedOutcome(SmallRun.outcome(of: lease.trials[0], under: lease, twist: 1))], from: WorkerID(1)))
    #expect(desk.state.counters.nondeterminism == 1)
    #expect(new.contains(.recordAudit(lease.trials[0])))
  }

  @Test func `an audit that nobody can do is given up, and the run ends`() throws {
    var desk = desk(1, windows: 1)
    desk.join(1)
    try desk.finish(1)
    for _ in 0..<AuditQueue.tries {
      desk.wait(.seconds(1), beating: [1])
      desk.fail(1)
    }
    desk.wait(.seconds(1), beating: [1])
    #expect(desk.directives.contains(.note(.unaudited(TrialID(stage: .sweep, unit: 0)))))
    #expect(desk.quarantined.isEmpty)
    desk.feed(.goodbye(from: WorkerID(1)))
    #expect(desk.ending == .finished(missing: 0))
  }

  @Test func `what was audited before a restart is not audited again, and the sample is drawn by the seed`() throws {
    let sample = (0..<10_000).filter {
      AuditQueue(share: 0.05, seed: 3).contains(TrialID(stage: .sweep, unit: 1, variant: UInt32($0)))
    }
    #expect((400...600).contains(sample.count))
    var recovered = SweepState.Recovered()
    for variant in 0...4 {
      let trial = TrialID(stage: .sweep, unit: 0, variant: UInt32(variant))
      recovered.committed.append((trial, SmallRun.model, nil))
      if variant > 0 { recovered.audited.insert(trial) }
    }
    recovered.kernel = SmallRun.kernel
    var desk = desk(1, recovered: recovered)
    desk.join(1)
    desk.wait(.seconds(1), beating: [1])
    #expect(desk.lease(of: 1)?.variants == [0])
  }
}

@Suite struct WalltimeTests {
  @Test func `a worker whose walltime ends soon gets no lease`() throws {
    var desk = Desk.sweeping()
    var hello = SmallRun.hello()
    hello.secondsLeft = 40
    desk.feed(.hello(hello, from: WorkerID(1)))
    desk.time += .seconds(20)
    desk.feed(.ready(SmallRun.ready(), from: WorkerID(1)))
    #expect(desk.lease(of: 1) == nil)
    desk.join(2, host: "n2")
    #expect(desk.lease(of: 2) != nil)
  }
}

@Suite struct HolderTests {
  @Test func `a worker that comes back with trials at work gets just those, before others`() throws {
    var recovered = SweepState.Recovered()
    recovered.kernel = SmallRun.kernel
    var desk = Desk(SmallRun.experiment(images: 3, method: .imported), recovered: recovered)
    desk.join(1, host: "n2")
    let taken = try #require(desk.lease(of: 1))
    let held = try #require([UInt32(0), 1, 2].first { $0 != taken.unit })
    var hello = SmallRun.hello(pid: 2)
    hello.holds = [2, 3].map { TrialID(stage: .sweep, unit: held, variant: $0) }
    desk.feed(.hello(hello, from: WorkerID(2)))
    #expect(desk.lease(of: 2)?.trials == hello.holds)
    desk.feed(.ready(SmallRun.ready(credits: 1), from: WorkerID(2)))
    #expect(desk.state.members[WorkerID(2)]?.leases.count == 1)
    #expect(desk.state.contradictions.isEmpty)
  }

  @Test func `what somebody else holds by now, or was blamed, it does not get`() throws {
    var desk = Desk.sweeping()
    desk.join(1)
    let lease = try #require(desk.lease(of: 1))
    var hello = SmallRun.hello(host: "n2", pid: 2)
    hello.holds = lease.trials
    desk.feed(.hello(hello, from: WorkerID(2)))
    #expect(desk.lease(of: 2) == nil)
    desk.fail(1)
    desk.feed(.credits(0, from: WorkerID(1)))
    hello.holds = [TrialID(stage: .sweep, unit: 0, variant: 1)]
    desk.feed(.hello(hello, from: WorkerID(3)))
    #expect(desk.lease(of: 3) == nil)
  }
}

@Suite struct StorageTests {
  @Test func `while nothing can be kept no work is given out, and afterwards the run goes on`() throws {
    var desk = Desk.sweeping(images: 2)
    desk.feed(.storage(obstacle: "the disk is full"))
    desk.join(1)
    #expect(desk.lease(of: 1) == nil)
    #expect(desk.state.snapshot(of: SmallRun.model, startedAt: 0).phase == .waitingForDisk)
    #expect(desk.state.snapshot(of: SmallRun.model, startedAt: 0).obstacle == "the disk is full")
    desk.feed(.storage(obstacle: nil))
    #expect(desk.lease(of: 1) != nil)
    #expect(desk.state.snapshot(of: SmallRun.model, startedAt: 0).phase == .running)
  }

  @Test func `a run that is stopped with a full disk ends without what it could not keep`() throws {
    var desk = Desk.sweeping()
    desk.commitsAtOnce = false
    desk.join(1)
    try desk.finish(1)
    desk.feed(.storage(obstacle: "the disk is full"))
    desk.feed(.stop(reason: "told to end"))
    desk.feed(.goodbye(from: WorkerID(1)))
    #expect(desk.ending == .stopped(reason: "told to end"))
  }
}
