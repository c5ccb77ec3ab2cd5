import Catalog

/// `GemmaModel` of Hugging Face transformers: LLaMA, with norms that multiply by 1 + weight, a tanh-GELU gate, and token
/// embeddings times √hidden. The image is not scaled, as in transformers 5 (4.x scaled it too).
extension LanguageModel {
  /// Maps the weights; see `Llama.swift`.
  static func gemma(_ facts: DecoderFacts, positions: Int, from checkpoint: Checkpoint) throws -> LanguageModel {
    try .llama(
      facts, positions: positions, from: checkpoint,
      variation: Variation(normOffset: 1, embeddingScale: Float(facts.hidden).squareRoot()))
  }
}
