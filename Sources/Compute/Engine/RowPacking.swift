/// Rows of several forks gathered for one product, so that each row keeps its slot: its index is congruent to its position
/// modulo 48.
///
/// OpenBLAS' kernels compute the rows of a tile by different instructions (Haswell's and Zen's tiles repeat every 12 rows,
/// others every 4, 8, 16 or 24), so a row's last bits may depend on its index in the product. With the slot fixed and
/// whole tiles only, they do not depend on which rows stand beside it. See docs/decisions/0002-bit-rule.md.
struct RowPacking {
  /// The common multiple of all kernels' row tiles.
  static let tile = 48

  /// Which row of which fork stands at a packed index.
  struct Row {
    let fork: Int32
    let position: Int32
  }

  /// [packed row]; nil where the product is padded.
  let rows: [Row?]
  /// [fork][row]: where each fork's rows went, ascending by position.
  let places: [[(position: Int, index: Int)]]

  /// How many packed rows there are, padding included: a multiple of ``tile``.
  var count: Int { rows.count }
  /// How many are not padding.
  var live: Int { places.reduce(0) { $0 + $1.count } }

  init(_ sets: [RowSet]) {
    var next = [Int](repeating: 0, count: Self.tile)
    var places: [[(position: Int, index: Int)]] = []
    for set in sets {
      places.append(
        set.rows.map { position in
          let slot = position % Self.tile
          defer { next[slot] += 1 }
          return (position, next[slot] * Self.tile + slot)
        })
    }
    var rows = [Row?](repeating: nil, count: (next.max() ?? 0) * Self.tile)
    for (fork, entries) in places.enumerated() {
      for (position, index) in entries { rows[index] = Row(fork: Int32(fork), position: Int32(position)) }
    }
    self.rows = rows
    self.places = places
  }
}
