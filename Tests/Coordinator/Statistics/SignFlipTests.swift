import Catalog
import Testing

@testable import Coordinator

struct SignFlipTests {
  /// Changes of `cells` cells that share half their luck, as layers do; in the first `moved` cells they lean to one side.
  static func changes(
    cells: Int, clusters: Int, moved: Int = 0, by shift: Double = 0, _ random: inout SeededGenerator
  ) -> [ClusteredRatio] {
    var parts = Array(repeating: [(Int, Int)](), count: cells)
    for _ in 0..<clusters {
      let common = random.uniform() + random.uniform() - 1
      for cell in 0..<cells {
        let own = random.uniform() + random.uniform() - 1
        parts[cell].append((Int((20 * (common + own + (cell < moved ? shift : 0))).rounded()), 40))
      }
    }
    return parts.map { ClusteredRatio($0) }
  }

  @Test func `with few clusters it agrees with all flips, counted plainly`() {
    var random = SeededGenerator(seed: 4)
    let (cells, clusters) = (5, 9)
    let ratios = Self.changes(cells: cells, clusters: clusters, moved: 2, by: 0.9, &random)
    let p = SignFlipTest(replicates: 40_000, seed: 1).adjusted(ratios)

    let d = ratios.map { $0.parts.map { Double($0.x) } }
    func statistic(_ cell: Int, _ flips: Int) -> Double {
      let sum = (0..<clusters).reduce(0.0) { $0 + (flips >> $1 & 1 == 0 ? d[cell][$1] : -d[cell][$1]) }
      return abs(sum) / d[cell].reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let order = (0..<cells).sorted { statistic($0, 0) > statistic($1, 0) }
    var largest = 0.0
    for (rank, cell) in order.enumerated() {
      let all = 1 << clusters
      let reached = (0..<all).count { flips in
        order[rank...].contains { statistic($0, flips) >= statistic(cell, 0) - 1e-12 }
      }
      largest = max(largest, Double(reached) / Double(all))
      #expect(abs(p[cell] - largest) < 0.015, "cell \(cell)")
    }
    #expect(p.min() ?? 1 < 0.05)
  }

  @Test func `over many made-up sweeps without effects it errs as often as it says, unadjusted tests far more often`() {
    var random = SeededGenerator(seed: 11)
    let (sweeps, cells) = (400, 12)
    var (wrong, wrongAlone) = (0, 0)
    for sweep in 0..<sweeps {
      let ratios = Self.changes(cells: cells, clusters: 40, &random)
      let test = SignFlipTest(replicates: 199, seed: UInt64(sweep))
      if test.adjusted(ratios).contains(where: { $0 <= 0.05 }) { wrong += 1 }
      if ratios.contains(where: { test.adjusted([$0])[0] <= 0.05 }) { wrongAlone += 1 }
    }
    // Four binomial standard errors about 5 %.
    #expect(abs(share(wrong, sweeps) - 0.05) < 4 * (0.05 * 0.95 / Double(sweeps)).squareRoot())
    #expect(share(wrongAlone, sweeps) > 0.15)
  }

  @Test func `stepping down finds a second effect behind a larger one, and leaves the others alone`() {
    var random = SeededGenerator(seed: 3)
    let p = SignFlipTest(replicates: 2_000, seed: 1).adjusted(
      Self.changes(cells: 20, clusters: 200, moved: 3, by: 0.3, &random))
    #expect(p[..<3].allSatisfy { $0 < 0.01 })
    #expect(p[3...].allSatisfy { $0 > 0.05 })
  }

  @Test func `a cell without any change has p 1, also alone, and the order of cells is no matter`() {
    var random = SeededGenerator(seed: 8)
    let still = ClusteredRatio((0..<30).map { _ in (0, 5) })
    let test = SignFlipTest(replicates: 500, seed: 1)
    #expect(test.adjusted([still]) == [1])
    #expect(test.adjusted([]) == [])
    let cells = Self.changes(cells: 4, clusters: 30, moved: 1, by: 0.4, &random) + [still]
    #expect(test.adjusted(cells.reversed()) == test.adjusted(cells).reversed())
    #expect(test.adjusted(cells)[4] == 1)
  }

  @Test func `the findings' p values are those of each knockout's cells together`() throws {
    let tally = try NaiveCounter.tally(SimulatedSweep(images: 12, seed: 2))
    let findings = Findings(tally, quarantined: [], replicates: 50, signFlips: 300)
    #expect(findings.resampling.signFlips == 300)
    let anchors = (0..<2).flatMap { window in
      tally.interventions[window].sites.indices.map { site in
        InterventionRatios(
          sums: tally.sums[window], site: site, stride: tally.interventions[window].sites.count, active: Array(0..<12)
        ).recoveryContrast
      }
    }
    let expected = SignFlipTest(replicates: 300, seed: 7).adjusted(anchors)
    #expect(findings.knockouts[..<2].flatMap { $0.effects.map(\.adjustedP) } == expected)
    #expect(findings.knockouts[2].effects.allSatisfy { $0.adjustedP != nil })
  }

  @Test func `where too few edges are matched nothing is tested`() throws {
    let findings = Findings(
      try NaiveCounter.tally(SimulatedSweep(images: 6, seed: 2, matched: 0.5)), quarantined: [], replicates: 20,
      signFlips: 20)
    #expect(findings.knockouts[0].support == .tooFewMatched)
    #expect(findings.knockouts[0].effects.allSatisfy { $0.adjustedP == nil })
  }
}
