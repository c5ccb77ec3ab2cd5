import Catalog
import Foundation
import Testing

@testable import Coordinator

struct OrderTests {
  @Test(arguments: [11, 12, 13] as [UInt64])
  func `findings do not depend on the order of outcomes, to the bit`(seed: UInt64) throws {
    let sweep = SimulatedSweep(images: 7, perCluster: 2, seed: 4)
    let trials = NaiveCounter.allTrials(sweep)
    var random = SeededGenerator(seed: seed)
    let shuffled = random.sample(trials.count, of: trials)
    #expect(!zip(trials, shuffled).allSatisfy { $0 == $1 })
    let first = Findings(try NaiveCounter.tally(sweep), quarantined: [], replicates: 100)
    let second = Findings(try NaiveCounter.tally(sweep, trials: shuffled), quarantined: [], replicates: 100)
    #expect(first == second)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(try encoder.encode(first) == encoder.encode(second))
  }

  @Test func `a lost image changes the findings`() throws {
    let sweep = SimulatedSweep(images: 7, seed: 4)
    let some = NaiveCounter.allTrials(sweep).filter { $0.image != 3 }
    let all = Findings(try NaiveCounter.tally(sweep), quarantined: [], replicates: 20)
    #expect(all != Findings(try NaiveCounter.tally(sweep, trials: some), quarantined: [], replicates: 20))
  }
}
