import Catalog
import Protocol
import Testing

@testable import Coordinator

/// Pause, resume, drain and cancel.
@Suite struct ControlTests {
  private let digest = SmallRun.model

  @Test func `a paused run gives nothing out, keeps what comes, and resumes`() throws {
    var desk = Desk.sweeping(images: 2)
    desk.join(1)
    let first = try #require(desk.lease(of: 1))
    #expect(desk.feed(.control(.pause)).contains(.recordPause(true)))
    #expect(desk.state.snapshot(of: digest, startedAt: 0).phase == .paused)
    try desk.finish(1)
    #expect(desk.state[.sweep].committed == 5)
    desk.join(2)
    desk.wait(.seconds(60), beating: [1, 2])
    #expect(desk.lease(of: 1) == first && desk.lease(of: 2) == nil)
    #expect(desk.feed(.control(.pause)).isEmpty)
    #expect(desk.feed(.control(.resume)).contains(.recordPause(false)))
    #expect(desk.state.leases.count == 1)
  }

  @Test func `a coordinator that starts after a crash keeps to a pause`() {
    var recovered = SweepState.Recovered()
    recovered.isPaused = true
    var desk = Desk(recovered: recovered)
    desk.join(1)
    desk.wait(.seconds(5), beating: [1])
    #expect(desk.lease(of: 1) == nil)
    desk.feed(.control(.resume))
    #expect(desk.lease(of: 1) != nil)
  }

  @Test func `a drained run lets workers finish what they hold, then sends them away and ends`() throws {
    var desk = Desk.sweeping(images: 2)
    desk.join(1)
    desk.feed(.control(.drain))
    #expect(desk.state.snapshot(of: digest, startedAt: 0).phase == .draining)
    desk.feed(.control(.pause))
    desk.wait(.seconds(60), beating: [1])
    #expect(desk.ending == nil)
    try desk.finish(1)
    #expect(desk.state[.sweep].committed == 5)
    #expect(desk.directives.contains(.send(.drain(reason: "drained"), to: WorkerID(1))))
    desk.feed(.goodbye(from: WorkerID(1)))
    #expect(desk.ending == .stopped(reason: "drained"))
  }

  @Test func `a drain finishes the run where nothing else is left to do`() throws {
    var desk = Desk.sweeping()
    desk.join(1)
    desk.feed(.control(.drain))
    try desk.finish(1)
    desk.feed(.goodbye(from: WorkerID(1)))
    #expect(desk.ending == .finished(missing: 0))
  }

  @Test func `a cancelled run sends workers away at once, paused or not, and is not paused afterwards`() {
    var desk = Desk.sweeping(images: 2)
    desk.join(1)
    desk.feed(.control(.pause))
    let answer = desk.feed(.control(.cancel))
    #expect(
      answer.contains(.send(.drain(reason: "cancelled"), to: WorkerID(1))) && answer.contains(.recordPause(false)))
    desk.feed(.goodbye(from: WorkerID(1)))
    #expect(desk.ending == .stopped(reason: "cancelled"))
  }
}
