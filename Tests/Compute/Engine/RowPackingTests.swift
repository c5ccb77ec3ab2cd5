import Catalog
import Testing

@testable import Compute

struct RowPackingTests {
  @Test(arguments: 0..<20)
  func `every row has one place, and forks keep their order`(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let count = 1 + generator.below(300)
    let sets = (0..<generator.below(6)).map { _ in
      RowSet(count: count, generator.sample(generator.below(count + 1), of: Array(0..<count)))
    }
    let packing = RowPacking(sets)
    #expect(packing.count % RowPacking.tile == 0)
    #expect(packing.live == sets.reduce(0) { $0 + $1.count })
    #expect(packing.rows.count { $0 != nil } == packing.live)
    #expect(packing.places.count == sets.count)
    for (fork, (set, places)) in zip(sets, packing.places).enumerated() {
      #expect(places.map(\.position) == set.rows)
      for (position, index) in places {
        #expect(packing.rows[index].map { Int($0.fork) } == fork)
        #expect(packing.rows[index].map { Int($0.position) } == position)
      }
    }
    #expect(packing.count - packing.live < RowPacking.tile)
  }

  @Test(arguments: 0..<20)
  func `a row set is a set`(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed), 1)
    let count = 1 + generator.below(200)
    func some() -> Set<Int> { Set(generator.sample(generator.below(count + 1), of: Array(0..<count))) }
    let (a, b) = (some(), some())
    var (union, both, less) = (RowSet(count: count, a), RowSet(count: count, a), RowSet(count: count, a))
    let other = RowSet(count: count, b)
    union.formUnion(other)
    both.formIntersection(other)
    less.subtract(other)
    #expect(union.rows == a.union(b).sorted() && union.count == a.union(b).count)
    #expect(both.rows == a.intersection(b).sorted())
    #expect(less.rows == a.subtracting(b).sorted() && less.isEmpty == a.isSubset(of: b))
    for row in 0..<count { #expect(other.contains(row) == b.contains(row)) }
    #expect(other.gaps(below: count).flatMap { Array($0) } == (0..<count).filter { !b.contains($0) })
    #expect(other.gaps(below: count).allSatisfy { !$0.isEmpty })
    let mask = EdgeMask(rows: count) { editor in for key in b { editor.open(0, key) } }
    #expect(RowSet(count: count, a).intersects(mask.row(0)) == !a.isDisjoint(with: b))
  }
}
