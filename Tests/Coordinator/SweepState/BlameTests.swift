import Catalog
import Protocol
import Testing

@testable import Coordinator

@Suite struct BlameTests {
  @Test func `a crash halves the next wave, and a committed baseline goes into its lease`() throws {
    var desk = Desk.sweeping(windows: 8)
    desk.join(1)
    try desk.finish(1, [0])
    desk.wait(.seconds(40))
    #expect(desk.state.members.isEmpty)
    desk.join(2)
    // 9 trials were given, 8 were left, and at most 5 come back together.
    #expect(desk.lease(of: 2)?.variants == [1, 2, 3, 4, 5])
    #expect(desk.lease(of: 2)?.waveLimit == 5)
    #expect(desk.lease(of: 2)?.attempt == 2)
    #expect(desk.lease(of: 2)?.baseline == (try SmallRun.encoded(TrialID(stage: .sweep, unit: 0)).digest))
    #expect(desk.quarantined.isEmpty)
  }

  @Test func `a blamed baseline is tried alone before its variants`() {
    var desk = Desk.sweeping()
    desk.join(1)
    desk.wait(.seconds(40))
    desk.join(2)
    desk.join(3)
    #expect(desk.lease(of: 2)?.variants == [0])
    #expect(desk.lease(of: 3) == nil)
  }

  @Test func `the trial that crashes its workers is found and given up, and all others are computed`() throws {
    var desk = Desk.sweeping(windows: 12)
    let poison: UInt32 = 7
    var worker: UInt64 = 0
    while desk.ending == nil, worker < 100 {
      worker += 1
      desk.join(worker, host: "n\(worker % 2)")
      while let lease = desk.lease(of: worker), desk.state.leases[lease.id] != nil {
        let healthy = lease.variants.filter { $0 < poison }
        if !healthy.isEmpty { try desk.finish(worker, healthy) }
        guard !lease.variants.contains(poison) else { break }
        try desk.finish(worker)
      }
      if desk.state.phase == .running { desk.wait(.seconds(40)) } else { desk.feed(.goodbye(from: WorkerID(worker))) }
    }
    #expect(desk.ending == .finished(missing: 1))
    #expect(desk.quarantined == [TrialID(stage: .sweep, unit: 0, variant: poison)])
  }

  @Test func `one worker that vanishes with a single trial proves nothing`() {
    var desk = Desk()
    desk.join(1)
    desk.wait(.seconds(40))
    #expect(desk.quarantined.isEmpty)
    desk.join(2)
    #expect(desk.lease(of: 2)?.trials == [TrialID(stage: .extract, unit: 0)])
  }

  @Test func `a trial that fails alone is tried on another host where there is one`() {
    var desk = Desk()
    desk.join(1, host: "n1")
    desk.join(2, host: "n2")
    let bad = desk.lease(of: 1)?.trials
    desk.fail(1)
    #expect(desk.quarantined.isEmpty)
    #expect(desk.lease(of: 1)?.trials == bad)  // none other is left, and it isn't given to the same host again
    #expect(desk.state.leases.count == 1)
    desk.feed(.handBack(desk.lease(of: 2)?.id ?? LeaseID(0), desk.lease(of: 2)?.trials ?? [], from: WorkerID(2)))
    desk.feed(.credits(1, from: WorkerID(2)))
    #expect(desk.lease(of: 2)?.trials == bad)
    desk.fail(2)
    #expect(desk.quarantined == bad)
  }

  @Test func `only the lease at work is blamed, not the ones behind it`() {
    var desk = Desk.sweeping(images: 2)
    desk.join(1, credits: 2)
    desk.wait(.seconds(40))
    desk.join(2, credits: 2)
    let leases = desk.directives.compactMap { directive -> Lease? in
      if case .send(.lease(let lease), to: WorkerID(2)) = directive { lease } else { nil }
    }
    #expect(leases.map(\.variants) == [[0], [0, 1, 2, 3, 4]])
    #expect(leases.last?.waveLimit == .max)
  }

  @Test func `who leaves in order blames nobody`() {
    for parting in [
      SweepState.Event.goodbye(from: WorkerID(1)), .handBack(LeaseID(1), (0..<5).map(sweep), from: WorkerID(1)),
    ] {
      var desk = Desk.sweeping()
      desk.join(1)
      desk.feed(parting)
      desk.join(2)
      #expect(desk.state.leases.values.first?.waveLimit == .max)
      #expect(desk.state.evidence.isEmpty)
    }
  }

  private func sweep(_ variant: UInt32) -> TrialID { TrialID(stage: .sweep, unit: 0, variant: variant) }

  @Test func `a blamed host gets no lease for a while, longer each time, and its trials are untouched`() {
    var desk = Desk.sweeping()
    desk.join(1)
    desk.fail(1, blame: .host)
    #expect(desk.state.leases.isEmpty)
    desk.wait(.seconds(29), beating: [1])
    #expect(desk.state.leases.isEmpty)
    desk.wait(.seconds(2), beating: [1])
    #expect(desk.state.leases.values.first?.open.count == 5)
    #expect(desk.state.leases.values.first?.waveLimit == .max)
    desk.fail(1, blame: .host)
    desk.wait(.seconds(58), beating: [1])
    #expect(desk.state.leases.isEmpty)
    desk.wait(.seconds(4), beating: [1])
    #expect(desk.state.leases.count == 1)
  }

  @Test func `a lease without progress returns, and gets twice the time`() {
    var desk = Desk.sweeping()
    desk.join(1)
    desk.wait(.seconds(800), beating: [1])
    desk.feed(.progress(LeaseID(1), from: WorkerID(1)))
    desk.wait(.seconds(800), beating: [1])
    #expect(desk.state.leases[LeaseID(1)] != nil)
    desk.wait(.seconds(150), beating: [1])
    #expect(desk.state.leases[LeaseID(1)] == nil)
    #expect(desk.directives.contains(.send(.takeBack(LeaseID(1), (0..<5).map(sweep)), to: WorkerID(1))))
    desk.feed(.credits(1, from: WorkerID(1)))
    #expect(desk.state.leases.values.first.map { $0.deadline - $0.given } == .seconds(1_800))
  }

  @Test func `a coordinator that stood still blames nobody`() {
    var desk = Desk.sweeping()
    desk.join(1)
    desk.time += .seconds(100_000)
    desk.feed(.tick)
    #expect(desk.state.members.count == 1)
    #expect(desk.state.leases.count == 1)
  }

  @Test func `several trials that are said to fail together are split, though only one is still held`() throws {
    var desk = Desk.sweeping()
    desk.join(1)
    try desk.finish(1, [0, 1, 2])
    desk.fail(1, [2, 3])
    #expect(desk.quarantined.isEmpty)
    desk.feed(.goodbye(from: WorkerID(1)))
    desk.join(2)
    #expect(desk.lease(of: 2)?.variants == [3])
  }
}
