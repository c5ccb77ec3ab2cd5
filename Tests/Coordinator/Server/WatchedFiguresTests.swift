import Testing

@testable import Coordinator

@Suite struct WatchedFiguresTests {
  private let figures = LiveFigures(sites: ["adapter"], images: 3, accuracy: [nil], recovery: [nil], knockouts: [])

  @Test func `figures are made while somebody looks, and not before or after`() {
    let watched = WatchedFigures()
    let start = ContinuousClock.now
    var made = 0
    func renew(_ seconds: Int) {
      watched.renew(at: start + .seconds(seconds)) {
        made += 1
        return figures
      }
    }
    renew(0)
    #expect(made == 0)
    #expect(watched.look(at: start + .seconds(1)) == nil)
    renew(2)
    #expect(made == 1 && watched.look(at: start + .seconds(3)) == figures)
    renew(7)
    #expect(made == 2)
    renew(8)
    #expect(made == 2 && watched.look(at: start + .seconds(9)) == nil, "old figures are not shown")
  }
}
