import Catalog
import Foundation
import Protocol
import Testing

@testable import Coordinator

@Suite struct LeasingTests {
  private func sweep(_ variant: UInt32) -> TrialID { TrialID(stage: .sweep, unit: 0, variant: variant) }

  @Test func `an idle worker takes the deeper half of the largest lease`() throws {
    var desk = Desk.sweeping(windows: 11)
    desk.join(1)
    desk.join(2)
    #expect(desk.lease(of: 2) == nil)
    desk.wait(.seconds(1), beating: [1, 2])
    #expect(desk.lease(of: 2)?.variants == [6, 7, 8, 9, 10, 11])
    #expect(desk.directives.contains(.send(.takeBack(LeaseID(1), (6...11).map(sweep)), to: WorkerID(1))))
    // The first holder may have begun with some of them: its outcomes count all the same.
    try desk.finish(1, [0, 1, 2, 3, 4, 5])
    #expect(desk.state[.sweep].committed == 6)
    let lease = try #require(desk.lease(of: 1))
    desk.feed(.outcomes([try EncodedOutcome(SmallRun.outcome(of: sweep(6), under: lease))], from: WorkerID(1)))
    #expect(desk.state[.sweep].committed == 7)
    #expect(desk.state.counters.late == 1)
    #expect(desk.directives.contains(.send(.takeBack(LeaseID(2), [sweep(6)]), to: WorkerID(2))))
  }

  @Test func `an idle worker races an unusually slow lease, which never has three holders`() throws {
    var desk = Desk.sweeping(windows: 4)
    desk.join(1)
    desk.join(2)
    desk.join(3)
    desk.wait(.seconds(5), beating: [1, 2, 3])
    #expect(desk.state.leases.count == 1)
    desk.wait(.seconds(10), beating: [1, 2, 3])
    #expect(desk.lease(of: 2)?.variants == [0, 1, 2, 3, 4])
    #expect(desk.lease(of: 3) == nil)
    try desk.finish(2)
    #expect(desk.state[.sweep].committed == 5)
    #expect(desk.state.leases.isEmpty)
  }

  @Test func `a credit that was sent before a lease arrived doesn't count twice`() {
    var desk = Desk.sweeping(images: 3)
    desk.join(1)
    desk.feed(.credits(1, from: WorkerID(1)))
    desk.feed(.credits(1, from: WorkerID(1)))
    #expect(desk.state.leases.count == 1)
  }

  @Test func `a worker that declines gets nothing until it asks again`() {
    var desk = Desk.sweeping()
    desk.join(1, credits: 0)
    desk.wait(.seconds(100), beating: [1])
    #expect(desk.state.leases.isEmpty)
    desk.feed(.credits(1, from: WorkerID(1)))
    #expect(desk.state.leases.count == 1)
  }

  @Test func `leases are given out in turn`() {
    var desk = Desk.sweeping(images: 2)
    desk.join(1, credits: 2)
    for lease in [LeaseID(1), LeaseID(2)] {
      let trials = desk.state.leases[lease]?.trials ?? []
      desk.feed(.failed(.init(lease: lease, trials: trials, blame: .host, message: "no memory"), from: WorkerID(1)))
    }
    desk.feed(.credits(2, from: WorkerID(1)))
    desk.join(2, credits: 2)
    #expect(desk.state.leases.isEmpty)
    desk.wait(.seconds(31), beating: [1, 2])
    #expect(desk.state.members[WorkerID(1)]?.leases.count == 1)
    #expect(desk.state.members[WorkerID(2)]?.leases.count == 1)
  }

  @Test func `nothing is acknowledged before it is durable`() throws {
    var desk = Desk.sweeping()
    desk.commitsAtOnce = false
    desk.join(1)
    #expect(
      try !desk.finish(1).contains { if case .send(.acknowledged, _) = $0 { true } else { false } })
    // Neither is a repetition that comes meanwhile.
    #expect(try !desk.finish(1).contains { if case .send(.acknowledged, _) = $0 { true } else { false } })
    let trials = (0..<5).map(sweep)
    #expect(desk.feed(.committed(trials)).contains(.send(.acknowledged(trials), to: WorkerID(1))))
  }

  @Test func `outcomes of an earlier epoch commit if their inputs fit`() throws {
    var desk = Desk.sweeping()
    desk.join(1)
    let lease = try #require(desk.lease(of: 1))
    let old = Outcome(
      trial: sweep(0), lease: LeaseID(77), epoch: Epoch(0), attempt: 3, inputs: lease.inputs,
      payload: SmallRun.payload(of: sweep(0)), seconds: 1)
    let new = desk.feed(.outcomes([try EncodedOutcome(old)], from: WorkerID(9)))
    #expect(desk.state[.sweep].committed == 1)
    #expect(desk.state.counters.late == 1)
    #expect(new.contains(.send(.unknownWorker, to: WorkerID(9))))
  }

  @Test func `messages about leases of others are fenced`() {
    var desk = Desk.sweeping()
    desk.join(1)
    desk.join(2)
    desk.feed(.progress(LeaseID(1), from: WorkerID(2)))
    desk.feed(.handBack(LeaseID(1), [sweep(0)], from: WorkerID(2)))
    desk.feed(
      .failed(.init(lease: LeaseID(1), trials: [sweep(0)], blame: .trials, message: "no"), from: WorkerID(2)))
    #expect(desk.state.counters.fenced == 3)
    #expect(desk.state.leases[LeaseID(1)]?.open.count == 5)
  }

  @Test func `a lease that can't be delivered returns at once`() {
    var desk = Desk.sweeping()
    desk.join(1)
    desk.feed(.undelivered(LeaseID(1)))
    #expect(desk.state[.sweep].waiting == 5)
    desk.wait(.seconds(31), beating: [1])
    #expect(desk.state.leases.count == 1)
  }

  @Test func `any kernel is welcome where the spec says so`() {
    var desk = Desk(SmallRun.experiment(kernel: .any))
    desk.join(1, kernel: "A")
    desk.join(2, kernel: "B")
    #expect(desk.state.members.count == 2)
    #expect(!desk.directives.contains { if case .recordKernel = $0 { true } else { false } })
  }

  @Test func `stopping asks workers to leave, waits for them, and keeps what they still send`() throws {
    var desk = Desk.sweeping()
    desk.join(1)
    desk.feed(.stop(reason: "SIGTERM"))
    #expect(desk.directives.contains(.send(.drain(reason: "SIGTERM"), to: WorkerID(1))))
    #expect(desk.ending == nil)
    try desk.finish(1, [0, 1])
    #expect(desk.state[.sweep].committed == 2)
    desk.wait(.seconds(31), beating: [1])
    #expect(desk.ending == .stopped(reason: "SIGTERM"))
    #expect(desk.feed(.tick).isEmpty)
  }

  @Test func `a worker whose word that it is ready was lost is asked to begin again`() {
    var desk = Desk.sweeping()
    desk.feed(.hello(SmallRun.hello(), from: WorkerID(1)))
    desk.wait(.seconds(119), beating: [1])
    #expect(!desk.directives.contains(.send(.unknownWorker, to: WorkerID(1))))
    desk.wait(.seconds(2), beating: [1])
    #expect(desk.directives.contains(.send(.unknownWorker, to: WorkerID(1))))
  }
}
