import Catalog
import Foundation
import Protocol
import Testing

@testable import Coordinator

/// What befell leases, as it is kept and told.
@Suite struct StoryTests {
  @Test func `a lease's events are told by each of its trials, over restarts and in order`() throws {
    let scratch = try ScratchDirectory()
    let experiment = SmallRun.experiment(windows: 11, method: .imported)
    var desk = Desk(experiment)
    desk.join(1)
    desk.join(2)
    desk.fail(1, [0, 3])
    desk.wait(.seconds(40), beating: [2])
    let events = desk.directives.compactMap { if case .keep(let event) = $0 { event } else { nil } }
    #expect(Set(events.map(\.kind)) == [.given, .failed, .vanished])
    for epoch in 1...2 {
      let run = try OwnedRun(at: "\(scratch.path)/run", experiment: experiment, spec: Data())
      defer { run.withdraw() }
      try run.store.keep(
        events.enumerated().map { ($1, 1_000.0 * Double(epoch) + Double($0), "n1/\($1.worker.number)") })
    }
    let store = try RunDirectory(reading: "\(scratch.path)/run").store()
    let unit = try #require(events.first { $0.kind == .failed }?.unit)
    let story = try store.story(of: TrialID(stage: .sweep, unit: unit, variant: 3))
    let kinds = events.filter { $0.unit == unit && $0.variants.contains(3) }.map(\.kind)
    #expect(kinds.prefix(2) == [.given, .failed])
    #expect(story.map(\.kind) == kinds + kinds)
    #expect(story.map(\.epoch) == kinds.map { _ in Epoch(1) } + kinds.map { _ in Epoch(2) })
    #expect(
      story[0].together == 12 && story[0].worker == "n1/1" && story[1].together == 2 && story[1].reason == "it failed")
    #expect(try store.story(of: TrialID(stage: .fit, unit: 0)).isEmpty)
  }
}
