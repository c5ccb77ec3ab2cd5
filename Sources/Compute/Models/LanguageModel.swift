import CKernels
import Catalog

/// An LLM's decoder as the engine walks it: pre-norm blocks of grouped-query attention and a gated MLP.
///
/// A decoder family is one file that fills this in from a checkpoint; see `Llama.swift`.
struct LanguageModel: Sendable {
  let hidden: Int
  let heads: Int
  let keyValueHeads: Int
  let headSize: Int
  let intermediate: Int
  let normEps: Float
  /// The activation of the MLP's gate.
  let gate: Activation
  let rope: RotaryTable
  /// Whether a query sees only itself and what is before it; else every row of the sequence.
  let isCausal: Bool
  let blocks: [Block]
  /// [vocabulary, hidden]
  let embedding: Tensor
  /// Multiplies the embeddings of tokens, but not the image.
  let embeddingScale: Float

  /// One decoder block, in checkpoint order.
  struct Block: Sendable {
    /// [hidden]
    let inputNorm: FloatBuffer
    let query: Linear
    let key: Linear
    let value: Linear
    /// RMS norm of each head's query before it is rotated, [head size]; nil: none.
    let queryNorm: FloatBuffer?
    /// RMS norm of each head's key before it is rotated, [head size]; nil: none.
    let keyNorm: FloatBuffer?
    let output: Linear
    /// [hidden]
    let mlpNorm: FloatBuffer
    let gate: Linear
    let up: Linear
    let down: Linear
    /// How many keys a query may see, itself and those just before it; nil: any number.
    let attentionWindow: Int?
  }

  /// Width of all query heads side by side.
  var queryWidth: Int { heads * headSize }
  /// Width of all key (or value) heads side by side.
  var keyWidth: Int { keyValueHeads * headSize }

  /// The embedding of token `id`, [hidden].
  func embed(_ id: Int) -> [Float] {
    embedding.rows(id..<id + 1).floats().map { $0 * embeddingScale }
  }
}
