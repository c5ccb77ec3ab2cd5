/// The edges of unedited attention in each decoder layer: causal or between all rows, and within a window where the layer
/// has one.
struct BaseEdges: Sendable {
  /// How many rows the sequence has.
  let rows: Int
  /// How far apart a query and a key may be, both counted, by layer from 1; nil: any distance.
  private let windows: [Int?]
  /// By layer from 1; layers of the same window share one.
  private let masks: [EdgeMask]

  init(rows: Int, isCausal: Bool = true, windows: [Int?]) {
    self.rows = rows
    // A window that holds the whole sequence is none.
    self.windows = windows.map { $0.flatMap { $0 < rows ? $0 : nil } }
    var made: [Int?: EdgeMask] = [:]
    masks = self.windows.map { window in
      let mask = made[window] ?? (isCausal ? .causal(rows: rows, window: window) : .full(rows: rows, window: window))
      made[window] = mask
      return mask
    }
  }

  /// The mask of decoder layer `layer`, counted from 1.
  subscript(layer: Int) -> EdgeMask { masks[layer - 1] }

  /// Words of 64 keys in a mask's row.
  var words: Int { (rows + 63) / 64 }

  /// Whether two rows are close enough for an edge, in either direction, in decoder layer `layer`.
  func reaches(_ query: Int, _ key: Int, in layer: Int) -> Bool {
    windows[layer - 1].map { abs(query - key) < $0 } ?? true
  }
}
