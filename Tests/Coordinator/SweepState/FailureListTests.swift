import Catalog
import Protocol
import Testing

@testable import Coordinator

@Suite struct FailureListTests {
  @Test func `an image whose baseline is given up is one failure, with its variants`() {
    var desk = Desk.sweeping(images: 2, windows: 8)
    desk.join(1)
    desk.fail(1, [0])
    #expect(desk.quarantined.count == 9)
    let given = desk.state.failures.filter(\.isFinal)
    #expect(given.map(\.trials) == [9])
    #expect(given.first?.trial?.variant == 0)
  }

  @Test func `variants of one image that fail one by one for the same reason are one failure`() throws {
    var desk = Desk.sweeping(windows: 8)
    desk.join(1)
    try desk.finish(1, [0])
    while desk.ending == nil, desk.state.phase == .running { desk.fail(1) }
    #expect(desk.quarantined.count == 8)
    let given = desk.state.failures.filter(\.isFinal)
    #expect(given.map(\.trials) == [8])
    #expect(given.first?.trial == TrialID(stage: .sweep, unit: 0, variant: 1))
    #expect(desk.state.failures.count == 2, "the tries that went before are one more")
  }
}
