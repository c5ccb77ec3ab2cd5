/// Rows of several forks gathered for one product, one behind the other.
struct RowPacking {
  /// Rows are packed in multiples of this many: the blocks of all arithmetics fit in it.
  static let tile = 48

  /// So many rows, filled up to whole tiles.
  static func whole(_ rows: Int) -> Int { (rows + tile - 1) / tile * tile }

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
    var rows: [Row?] = []
    var places: [[(position: Int, index: Int)]] = []
    for (fork, set) in sets.enumerated() {
      let positions = set.rows
      places.append(positions.enumerated().map { ($1, rows.count + $0) })
      rows += positions.map { Row(fork: Int32(fork), position: Int32($0)) }
    }
    self.rows = rows + [Row?](repeating: nil, count: Self.whole(rows.count) - rows.count)
    self.places = places
  }
}
