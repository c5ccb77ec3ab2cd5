import Foundation
import Protocol
import Testing

@Suite struct `The wire is cheap` {
  @Test func `an outcome of 600 tokens at 33 sites keeps its size, and its time is printed`() throws {
    var random = RandomMessages(seed: 1)
    let cells = random.cells(tokens: 600, sites: 33, classes: 150)
    let outcome = Outcome(
      trial: TrialID(stage: .sweep, unit: 1, variant: 2), lease: LeaseID(1), epoch: Epoch(1), attempt: 1,
      inputs: random.digest(), payload: .cells(cells), seconds: 1)
    let message = ToCoordinator.outcomes([outcome])
    let frame = try message.encoded()
    #expect(cells.sites.count == 33)
    // A byte for each prediction, and at most two for each count.
    #expect(frame.count < 600 * 33 + 33 * 150 * 4 + 4_000)
    let repetitions = 10
    let encoding = try ContinuousClock().measure { for _ in 0..<repetitions { _ = try message.encoded() } }
    let decoding = try ContinuousClock().measure { for _ in 0..<repetitions { _ = try ToCoordinator(frame: frame) } }
    print("600 tokens × 33 sites × 150 classes: \(frame.count) bytes,", terminator: " ")
    print("encode \(encoding / repetitions), decode \(decoding / repetitions)")
  }
}
