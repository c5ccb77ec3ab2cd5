/// What is kept of an image's baseline walk, so that variants can fork from it: the residual stream entering each layer,
/// and each layer's keys and values.
final class BaselineTrace {
  /// How many rows the sequence [prefix, image, suffix] has.
  let rows: Int
  /// [layer 0 ... L][row, hidden]; 0 is the LLM's input.
  let residuals: [FloatBuffer]
  /// [layer 1 ... L], index 0 for layer 1.
  let caches: [LayerCache]
  /// Base edges, the same in all heads of a layer.
  let base: BaseEdges

  init(rows: Int, model: LanguageModel) {
    self.rows = rows
    residuals = (0...model.blocks.count).map { _ in FloatBuffer(count: rows * model.hidden) }
    caches = model.blocks.map { _ in LayerCache(rows: rows, model: model) }
    base = BaseEdges(rows: rows, isCausal: model.isCausal, windows: model.blocks.map(\.attentionWindow))
  }
}
