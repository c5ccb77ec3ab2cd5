import Catalog
import Protocol

/// What the baseline of one image says about its tokens' places.
struct ImagePlaces {
  let image: Int
  /// [token], ``CellResults/void`` where void.
  let gold: [UInt16]
  /// The baseline's predictions at the reference, [token].
  let reference: [UInt16]
  /// [stratum] its tokens.
  let members: [[Int]]
  /// Neighbours, above each other or side by side, of equal gold class.
  let pairs: [(Int, Int)]
  /// The tokens of W.
  let wrong: [Int]

  /// `strata` are those of `grid`, and `gold` and `reference` are [token] of it.
  init(image: Int, gold: [UInt16], reference: [UInt16], grid: Grid, strata: [Stratum]) {
    self.image = image
    self.gold = gold
    self.reference = reference
    let valid = gold.indices.filter { gold[$0] != CellResults.void }
    let beside = valid.flatMap { token in
      grid.following(token).compactMap { gold[$0] == CellResults.void ? nil : (token, $0) }
    }
    pairs = beside.filter { gold[$0] == gold[$1] }
    var atBoundary = Array(repeating: false, count: gold.count)
    for (a, b) in beside where gold[a] != gold[b] { (atBoundary[a], atBoundary[b]) = (true, true) }
    wrong = valid.filter { gold[$0] != reference[$0] }
    var correctNeighbours = Array(repeating: 0, count: gold.count)
    for token in valid where gold[token] == reference[token] {
      for neighbour in grid.neighbours(of: token) { correctNeighbours[neighbour] += 1 }
    }
    let wrong = wrong
    members = strata.map { stratum in
      switch stratum {
      case .row(let row): valid.filter { $0 / grid.columns == row }
      case .boundary: valid.filter { atBoundary[$0] }
      case .interior: valid.filter { !atBoundary[$0] }
      case .correctNeighbours(let count): wrong.filter { correctNeighbours[$0] == count }
      }
    }
  }
}

extension ImagePlaces {
  /// How many tokens are right in one of two predictions and wrong in the other.
  func changed(from before: [UInt16], to after: [UInt16]) -> Int {
    gold.indices.count { gold[$0] != CellResults.void && (before[$0] == gold[$0]) != (after[$0] == gold[$0]) }
  }
}

extension Grid {
  /// The tokens to the right of and below `token`.
  fileprivate func following(_ token: Int) -> [Int] {
    let (row, column) = (token / columns, token % columns)
    return (column + 1 < columns ? [token + 1] : []) + (row + 1 < rows ? [token + columns] : [])
  }

  /// The up to eight tokens around `token`.
  fileprivate func neighbours(of token: Int) -> [Int] {
    let (row, column) = (token / columns, token % columns)
    return (max(0, row - 1)...min(rows - 1, row + 1)).flatMap { r in
      (max(0, column - 1)...min(columns - 1, column + 1)).map { r * columns + $0 }
    }.filter { $0 != token }
  }
}
