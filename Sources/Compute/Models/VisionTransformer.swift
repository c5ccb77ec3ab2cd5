import Catalog

/// A pre-norm vision transformer as the engine runs it. An encoder family is one file that fills this in from
/// a checkpoint; see `CLIP.swift`.
struct VisionTransformer: Sendable {
  let hidden: Int
  let heads: Int
  let intermediate: Int
  let patch: Int
  let side: Int
  /// Height and width of the input, in pixels: `side` patches, and what is left over.
  let image: Int
  let eps: Float
  let activation: Activation
  /// The patch convolution as a product: [hidden, 3 · patch · patch].
  let patches: Linear
  /// Tokens before the patches (class token, registers), [leading, hidden], positions not yet added.
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
    /// Multiplies what attention adds to the stream (LayerScale), [hidden]; nil: 1.
    let attentionScale: FloatBuffer?
    let mlpNorm: LayerNorm
    /// The half of a gated MLP that goes through the activation; nil: the MLP is not gated.
    let gate: Linear?
    let expand: Linear
    let contract: Linear
    /// Multiplies what the MLP adds to the stream (LayerScale), [hidden]; nil: 1.
    let mlpScale: FloatBuffer?

    /// All of its products.
    var layers: [Linear] { [query, key, value, output, expand, contract] + (gate.map { [$0] } ?? []) }
  }

  /// Shapes from `facts`, weights as the family has them.
  init(
    _ facts: VisionFacts, patches: Linear, leading: FloatBuffer, positions: FloatBuffer, inputNorm: LayerNorm?,
    blocks: [Block]
  ) {
    hidden = facts.hidden
    heads = facts.heads
    intermediate = facts.intermediate
    patch = facts.patch
    side = facts.side
    image = facts.image
    eps = Float(facts.layerNormEps)
    activation = facts.activation
    self.patches = patches
    self.leading = leading
    leadingCount = facts.leadingTokens
    self.positions = positions
    self.inputNorm = inputNorm
    self.blocks = blocks
  }

  /// All tokens: leading ones, then patches in raster order.
  var tokens: Int { leadingCount + side * side }
  var headSize: Int { hidden / heads }
}
