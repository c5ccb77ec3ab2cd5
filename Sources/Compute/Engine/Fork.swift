import Catalog

/// An edit of attention edges that acts in a window of layers and some heads, resolved for one image.
struct EdgeEdit: Sendable {
  let window: LayerWindow
  let heads: HeadSet
  /// Open edges in the edited heads, by layer of the window: base edges less what is blocked, plus what is opened.
  let masks: [EdgeMask]
  /// The queries with at least one edited edge.
  let queries: RowSet

  /// The open edges in the edited heads of decoder layer `layer`, counted from 1; nil if the edit does not act there.
  func mask(in layer: Int) -> EdgeMask? { window.contains(layer) ? masks[layer - window.first] : nil }
}

/// One variant on its way through the decoder (or the baseline, which starts with every row changed).
final class Fork {
  /// nil for the baseline.
  let edit: EdgeEdit?
  /// Rows whose residual stream differs from the baseline's, or may.
  var changed: RowSet
  /// Residual stream, [row, hidden]; only changed rows are valid.
  let residual: FloatBuffer
  /// Keys and values of the current layer: the baseline's with changed rows replaced. The baseline itself fills those of
  /// its trace, one after another.
  var cache: LayerCache

  /// A variant at its window: nothing has changed yet. `memory` is that of a fork over as many rows which has retired.
  init(edit: EdgeEdit, trace: BaselineTrace, model: LanguageModel, memory: Memory?) {
    self.edit = edit
    changed = RowSet(count: trace.rows)
    residual = memory?.residual ?? FloatBuffer(count: trace.rows * model.hidden)
    cache = memory?.cache ?? LayerCache(rows: trace.rows, model: model)
  }

  /// What another fork over as many rows can use once this one has retired; what is in it means nothing then.
  struct Memory {
    let rows: Int
    fileprivate let residual: FloatBuffer
    fileprivate let cache: LayerCache
  }

  /// Its own, over `rows` rows.
  func memory(rows: Int) -> Memory { Memory(rows: rows, residual: residual, cache: cache) }

  /// The baseline before layer 1: every row counts as changed.
  init(filling trace: BaselineTrace, model: LanguageModel) {
    edit = nil
    changed = RowSet(count: trace.rows, 0..<trace.rows)
    residual = FloatBuffer(count: trace.rows * model.hidden)
    residual.pointer.update(from: trace.residuals[0].pointer, count: residual.count)
    cache = trace.caches[0]
  }
}

/// Keys and values of one layer for all rows of a sequence, laid out for `rb_attention`.
final class LayerCache: Sendable {
  /// [key/value head][head size][keyStride], transposed and already rotated.
  let keys: FloatBuffer
  /// [key/value head][row][valueStride]
  let values: FloatBuffer
  let keyStride: Int
  let valueStride: Int
  let headSize: Int
  private let paddedRows: Int

  convenience init(rows: Int, model: LanguageModel) {
    self.init(rows: rows, heads: model.keyValueHeads, headSize: model.headSize)
  }

  init(rows: Int, heads: Int, headSize: Int) {
    keyStride = (rows + 63) / 64 * 64
    valueStride = (headSize + 15) / 16 * 16
    paddedRows = keyStride
    self.headSize = headSize
    keys = FloatBuffer(count: heads * headSize * keyStride)
    values = FloatBuffer(count: heads * paddedRows * valueStride)
  }

  /// How many floats a cache of this shape takes.
  static func floats(rows: Int, heads: Int, headSize: Int) -> Int {
    heads * (headSize + (headSize + 15) / 16 * 16) * ((rows + 63) / 64 * 64)
  }

  /// One head's keys.
  func keys(head: Int) -> UnsafeMutablePointer<Float> { keys.pointer + head * headSize * keyStride }
  /// One head's values.
  func values(head: Int) -> UnsafeMutablePointer<Float> { values.pointer + head * paddedRows * valueStride }

  /// Takes some rows of one head over from another cache of the same shape.
  func copy(head: Int, rows: [Range<Int>], from other: LayerCache) {
    let (from, to) = (other.keys(head: head), keys(head: head))
    for range in rows {
      for start in stride(from: range.lowerBound, to: headSize * keyStride, by: keyStride) {
        (to + start).update(from: from + start, count: range.count)
      }
      let start = range.lowerBound * valueStride
      (values(head: head) + start).update(from: other.values(head: head) + start, count: range.count * valueStride)
    }
  }

  /// Puts packed rows of one head in their places; `keys` and `values` are [packed row, width].
  func scatter(
    head: Int, places: [(position: Int, index: Int)], keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    width: Int
  ) {
    let keyStart = self.keys(head: head)
    let valueStart = self.values(head: head)
    for (position, index) in places {
      let key = keys + index * width + head * headSize
      for dimension in 0..<headSize { keyStart[dimension * keyStride + position] = key[dimension] }
      (valueStart + position * valueStride).update(from: values + index * width + head * headSize, count: headSize)
    }
  }
}
