import Catalog
import Dispatch
import Synchronization

/// The cluster sign-flip test of many cells together, with step-down max-T (Westfall & Young 1993, algorithm 4.1): how likely
/// is a cell's change, if no cluster's change prefers a sign, given that the largest of all cells' was looked for?
///
/// Of cluster i a cell has the numerator d_i. Its statistic is t = |Σ d_i| / √Σ d_i², whose denominator no flip of a sign changes.
/// A replicate flips the signs of whole clusters, the same ones in every cell, so what cells have in common stays. Sums are
/// of integers: nothing depends on the order or the number of threads.
struct SignFlipTest: Sendable {
  /// Adjusted p values below it count as shown.
  static let level = 0.05

  let replicates: Int
  let seed: UInt64

  /// [cell] p values adjusted for the family-wise error over all `cells`, which are over the same clusters. 1 for a cell in which
  /// nothing changed in any cluster. Never below 1 / (replicates + 1) (Phipson & Smyth 2010).
  ///
  /// Blocks its thread and uses all cores.
  func adjusted(_ cells: [ClusteredRatio]) -> [Double] {
    let changes = Changes(cells)
    guard !changes.order.isEmpty else { return Array(repeating: 1, count: cells.count) }
    let blocks = 16
    let reached = Mutex(Array(repeating: 0, count: changes.order.count))
    DispatchQueue.concurrentPerform(iterations: blocks) { block in
      let part = replicates * block / blocks..<replicates * (block + 1) / blocks
      let counts = changes.reached(in: part, seed: seed)
      reached.withLock { total in for rank in counts.indices { total[rank] += counts[rank] } }
    }
    var p = Array(repeating: 1.0, count: cells.count)
    var largest = 0.0
    for (rank, count) in reached.withLock({ $0 }).enumerated() {
      largest = max(largest, Double(1 + count) / Double(1 + replicates))
      p[changes.order[rank]] = largest
    }
    return p
  }

  /// The cells in which anything changed, the largest statistic first, and their clusters' changes.
  private struct Changes: Sendable {
    /// [rank] the cell.
    let order: [Int]
    /// [rank] √Σ d².
    private let scale: [Double]
    /// [rank] t.
    private let statistic: [Double]
    /// [cluster with a change][rank], flat: d.
    private let values: [Int]

    init(_ cells: [ClusteredRatio]) {
      let squares = cells.map { cell in cell.parts.reduce(0.0) { $0 + Double($1.x) * Double($1.x) } }
      let scales = squares.map { $0.squareRoot() }
      let statistics = zip(cells, scales).map { $1 == 0 ? 0 : abs(Double($0.total.x)) / $1 }
      let order = cells.indices.filter { scales[$0] > 0 }.sorted {
        statistics[$0] == statistics[$1] ? $0 < $1 : statistics[$0] > statistics[$1]
      }
      scale = order.map { scales[$0] }
      statistic = order.map { statistics[$0] }
      self.order = order
      let clusters = cells.first?.parts.indices ?? 0..<0
      let changed = clusters.filter { cluster in cells.contains { $0.parts[cluster].x != 0 } }
      values = changed.flatMap { cluster in order.map { cells[$0].parts[cluster].x } }
    }

    /// [rank] in how many of `replicates` the largest statistic among this and all lower ranks reaches this one's.
    func reached(in replicates: Range<Int>, seed: UInt64) -> [Int] {
      var counts = Array(repeating: 0, count: order.count)
      var sums = counts
      for replicate in replicates {
        add(flippedBy: SeededGenerator(seed: seed, UInt64(naming: "sign-flip"), UInt64(replicate)), to: &sums)
        var largest = 0.0
        for rank in order.indices.reversed() {
          largest = max(largest, abs(Double(sums[rank])) / scale[rank])
          if largest >= statistic[rank] { counts[rank] += 1 }
        }
      }
      return counts
    }

    /// Sets `sums` to Σ ±d over clusters, [rank], with the generator's signs.
    private func add(flippedBy generator: SeededGenerator, to sums: inout [Int]) {
      var generator = generator
      var signs: UInt64 = 0
      let cells = order.count
      values.withUnsafeBufferPointer { values in
        sums.withUnsafeMutableBufferPointer { sums in
          sums.update(repeating: 0)
          for cluster in 0..<values.count / cells {
            if cluster.isMultiple(of: 64) { signs = generator.next() }
            let row = cluster * cells
            if signs & 1 == 0 {
              for rank in 0..<cells { sums[rank] &+= values[row + rank] }
            } else {
              for rank in 0..<cells { sums[rank] &-= values[row + rank] }
            }
            signs >>= 1
          }
        }
      }
    }
  }
}
