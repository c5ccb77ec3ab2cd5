import Catalog
import Protocol
import Testing

@testable import Coordinator

/// What is said about places, against a plain recomputation from raw predictions.
struct PlaceTests {
  let sweep = SimulatedSweep(images: 9, perCluster: 2, seed: 6)

  private func findings(_ trials: [(image: Int, variant: Int)]? = nil) throws -> Findings {
    Findings(
      try NaiveCounter.tally(sweep, trials: trials), places: try NaiveCounter.places(sweep, trials: trials),
      quarantined: [], replicates: 40, signFlips: 10)
  }

  /// (image, row, column) of every token that satisfies `holds`, given its gold.
  private func tokens(where holds: (Int, Int, Int, Int) -> Bool) -> [(image: Int, token: Int)] {
    sweep.images.indices.flatMap { image in
      (0..<4).flatMap { row in
        (0..<6).compactMap { column in
          guard let gold = sweep.images[image].gold[row * 6 + column], holds(image, row, column, gold) else {
            return nil
          }
          return (image, row * 6 + column)
        }
      }
    }
  }

  private func gold(_ image: Int, _ row: Int, _ column: Int) -> Int? {
    (0..<4).contains(row) && (0..<6).contains(column) ? sweep.images[image].gold[row * 6 + column] : nil
  }

  private func isCorrect(_ image: Int, _ row: Int, _ column: Int, site: Int = 2) -> Bool {
    gold(image, row, column).map { sweep.images[image].baseline[site][row * 6 + column] == $0 } ?? false
  }

  /// The strata of the sweep's 4 × 6 grid, token by token.
  private var strata: [[(image: Int, token: Int)]] {
    let atBoundary = { (image: Int, row: Int, column: Int, gold: Int) in
      [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)].contains {
        self.gold(image, $0.0, $0.1).map { $0 != gold } ?? false
      }
    }
    let neighbours = { (image: Int, row: Int, column: Int) in
      (-1...1).reduce(0) { sum, down in
        sum + (-1...1).count { (down, $0) != (0, 0) && self.isCorrect(image, row + down, column + $0) }
      }
    }
    return (0..<4).map { row in tokens { $1 == row && $0 >= 0 && $2 >= 0 && $3 >= 0 } }
      + [tokens { atBoundary($0, $1, $2, $3) }, tokens { !atBoundary($0, $1, $2, $3) }]
      + (0...8).map { count in
        tokens { image, row, column, _ in
          !isCorrect(image, row, column) && neighbours(image, row, column) == count
        }
      }
  }

  private func right(_ tokens: [(image: Int, token: Int)], _ predicted: (Int, Int) -> Int?) -> Int {
    tokens.count { predicted($0.image, $0.token) == sweep.images[$0.image].gold[$0.token] }
  }

  @Test func `accuracy by place is that of the raw predictions`() throws {
    let found = try #require(try findings().places)
    for (place, members) in zip(found.accuracy.all, strata) {
      #expect(place.tokens == members.count)
      guard !members.isEmpty else { continue }
      let correct = (0..<6).map { site in right(members) { sweep.images[$0].baseline[site][$1] } }
      #expect(place.accuracy.map(\.value) == correct.map { share($0, members.count) })
      #expect(place.gain.value == share(correct[5] - correct[2], members.count))
    }
    let labels = strata[4].map { sweep.images[$0.image].gold[$0.token] ?? -1 }
    let most = Dictionary(grouping: labels) { $0 }.values.map(\.count).max() ?? 0
    #expect(found.constantAtBoundary == share(most, labels.count))
  }

  @Test func `a knockout's changes by place are those of the raw predictions`() throws {
    let found = try findings()
    let treatments = sweep.experiment.variants.filter { $0.arm == .treatment }
    for (knockout, variant) in zip(found.knockouts, treatments) {
      for (estimate, members) in zip(try #require(knockout.places).accuracy.all, strata) where !members.isEmpty {
        let now = right(members) { sweep.images[$0].variants[variant.index]?.predictions.last?[$1] }
        let before = right(members) { sweep.images[$0].baseline[5][$1] }
        #expect(estimate.value == share(now - before, members.count))
      }
    }
  }

  @Test func `neighbours of one class are alike as often as in the raw predictions`() throws {
    let found = try findings()
    func pairs(_ predictions: (Int) -> [Int]?) -> (alike: Int, all: Int) {
      var (alike, all) = (0, 0)
      for image in sweep.images.indices {
        for row in 0..<4 {
          for column in 0..<6 {
            for (down, right) in [(0, 1), (1, 0)] {
              guard let label = gold(image, row, column), gold(image, row + down, column + right) == label,
                let now = predictions(image)
              else { continue }
              all += 1
              if now[row * 6 + column] == now[(row + down) * 6 + column + right] { alike += 1 }
            }
          }
        }
      }
      return (alike, all)
    }
    for site in 0..<6 {
      let plain = pairs { sweep.images[$0].baseline[site] }
      #expect(found.places?.alike[site].value == share(plain.alike, plain.all))
    }
    let open = try #require(sweep.experiment.variants.last)
    let change =
      pairs { sweep.images[$0].variants[open.index]?.predictions.last }.alike
      - pairs {
        sweep.images[$0].baseline[5]
      }.alike
    #expect(found.knockouts.last?.places?.alike.value == share(change, pairs { sweep.images[$0].baseline[5] }.all))
  }

  @Test func `the most frequent mistakes of the reference are followed`() throws {
    let found = try findings()
    let places = try #require(found.places)
    var mistakes: [[Int]: [(image: Int, token: Int)]] = [:]
    for token in tokens(where: { !isCorrect($0, $1, $2) && $3 >= 0 }) {
      let image = sweep.images[token.image]
      mistakes[[image.gold[token.token] ?? -1, image.baseline[2][token.token]], default: []].append(token)
    }
    #expect(places.mistakes.map(\.sites[0].tokens) == Array(mistakes.values.map(\.count).sorted(by: >).prefix(10)))
    for (index, mistake) in places.mistakes.enumerated() {
      let label = { (name: String) in Int(name.dropFirst("class ".count)) ?? -1 }
      let members = mistakes[[label(mistake.gold), label(mistake.predicted)]] ?? []
      func expect(_ ends: Mistake.Ends?, _ predicted: (Int, Int) -> Int?) {
        let now = members.map { predicted($0.image, $0.token) }
        #expect(ends?.right == now.count { $0 == label(mistake.gold) })
        #expect(ends?.same == now.count { $0 == label(mistake.predicted) })
        #expect(ends?.tokens == members.count)
      }
      for site in 0..<6 { expect(mistake.sites[site]) { sweep.images[$0].baseline[site][$1] } }
      #expect(mistake.sites[2].same == members.count)
      expect(found.knockouts[0].places?.mistakes[index]) { sweep.images[$0].variants[1]?.predictions.last?[$1] }
    }
  }

  @Test func `an image without a baseline counts nowhere`() throws {
    let trials = NaiveCounter.allTrials(sweep).filter { !($0.image == 4 && $0.variant == 0) }
    let tokens = sweep.images.indices.filter { $0 != 4 }.reduce(0) {
      $0 + sweep.images[$1].gold.compactMap(\.self).count
    }
    let found = try findings(trials)
    let rows = try #require(found.places).accuracy.rows
    #expect(rows.reduce(0) { $0 + $1.tokens } == tokens)
    #expect(found.knockouts[0].places?.accuracy.rows[0].counts?.denominator == rows[0].tokens)
  }

  @Test func `predictions of another grid are refused`() throws {
    var places = PlaceTally(sweep.experiment)
    let short = CellResults(
      sites: [.adapter], predictions: [[0, 1]], gold: [0, 1], targets: [],
      edges: .init(effective: 0, treatment: 0, distance: 0),
      sets: .init(valid: 2, wrong: 1, correct: 1, targetWrong: 0, targetCorrect: 0, gold: [1, 1]), counts: [])
    #expect(throws: TallyError.self) { try places.add(image: 0, variant: 0, short) }
  }
}

extension ByPlace {
  /// In the order of the strata.
  fileprivate var all: [Value] { rows + [boundary, interior] + correctNeighbours }
}
