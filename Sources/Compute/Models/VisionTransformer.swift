import Catalog

/// A pre-norm vision transformer as the engine runs it. An encoder family is one file that fills this in from
/// a checkpoint; see `CLIP.swift`.
struct VisionTransformer: Sendable {
  let hidden: Int
  let heads: Int
  let intermediate: Int
  let patch: Int
  let side: Int
  let eps: Float
  let activation: Activation
  /// The patch convolution as a product: [hidden, 3 · patch · patch].
  let patches: Linear
  /// Tokens before the patches (the class token), [leading, hidden], positions not yet added.
  let leading: FloatBuffer
  let leadingCount: Int
  /// [leading + patches, hidden]
  let positions: FloatBuffer
  /// A norm between embeddings and blocks, if the family has one.
  let inputNorm: LayerNorm?
  let blocks: [Block]

  /// weight and bias, [hidden] each.
  struct LayerNorm: Sendable {
    let weight: FloatBuffer
    let bias: FloatBuffer
  }

  /// One encoder block, in checkpoint order.
  struct Block: Sendable {
    let attentionNorm: LayerNorm
    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear
    let mlpNorm: LayerNorm
    let expand: Linear
    let contract: Linear
  }

  /// All tokens: leading ones, then patches in raster order.
  var tokens: Int { leadingCount + side * side }
  var headSize: Int { hidden / heads }
}
