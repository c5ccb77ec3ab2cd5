import Catalog
import Protocol
import Testing

@testable import Coordinator

struct TallyErrorTests {
  let sweep = SimulatedSweep(images: 3, seed: 6)

  private func message(_ body: (inout Tally) throws -> Void) -> String {
    var tally = Tally(sweep.experiment)
    do {
      try body(&tally)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func `a trial that is counted twice is refused by name`() {
    let results = NaiveCounter.results(sweep, image: 1, variant: 0)
    let text = message {
      try $0.add(image: 1, variant: 0, results)
      try $0.add(image: 1, variant: 0, results)
    }
    #expect(text.contains("image 1") && text.contains("counted twice"))
  }

  @Test(arguments: [(3, 0), (-1, 0), (0, 99)])
  func `a trial that the experiment does not have is refused`(image: Int, variant: Int) {
    let results = NaiveCounter.results(sweep, image: 1, variant: 0)
    #expect(message { try $0.add(image: image, variant: variant, results) }.contains("no such trial"))
  }

  @Test func `results of other sites or classes are refused`() {
    let ofVariant = NaiveCounter.results(sweep, image: 1, variant: 1)
    #expect(message { try $0.add(image: 1, variant: 0, ofVariant) }.contains("another spec"))
    let other = SimulatedSweep(images: 3, classes: 5, seed: 6)
    let ofOther = NaiveCounter.results(other, image: 1, variant: 0)
    #expect(message { try $0.add(image: 1, variant: 0, ofOther) }.contains("another spec"))
  }

  @Test func `impossible distances and class counts are refused`() {
    let good = NaiveCounter.results(sweep, image: 0, variant: 1)
    let far = CellResults(
      sites: good.sites, predictions: [], gold: [], targets: [],
      edges: .init(effective: 2, treatment: 2, distance: .max), sets: good.sets, counts: good.counts)
    #expect(message { try $0.add(image: 0, variant: 1, far) }.contains("cannot span"))
    let none = CellResults.SetCounts(
      valid: 0, wrong: 0, correct: 0, targetWrong: 0, targetCorrect: 0, gold: [0, 0, 0, 0])
    let many = CellResults(
      sites: good.sites, predictions: [], gold: [], targets: [], edges: good.edges, sets: none, counts: good.counts)
    #expect(message { try $0.add(image: 0, variant: 1, many) }.contains("counted as right"))
  }

  @Test func `a control with another target than its treatment is a fault`() {
    let text = message { tally in
      for variant in 0...5 {
        let results = NaiveCounter.results(sweep, image: 0, variant: variant)
        let sets = results.sets
        let other = CellResults.SetCounts(
          valid: sets.valid, wrong: sets.wrong, correct: sets.correct, targetWrong: sets.targetWrong + 1,
          targetCorrect: sets.targetCorrect, gold: sets.gold)
        try tally.add(
          image: 0, variant: variant,
          variant != 5
            ? results
            : CellResults(
              sites: results.sites, predictions: [], gold: [], targets: [], edges: results.edges, sets: other,
              counts: results.counts))
      }
    }
    #expect(text.contains("control 2") && text.contains("anchors") && text.contains("another target"))
  }
}
