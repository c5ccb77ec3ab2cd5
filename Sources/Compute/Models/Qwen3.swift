import Catalog

/// `Qwen3Model` of Hugging Face transformers: LLaMA, with an RMS norm over each head's query and key.
extension LanguageModel {
  /// Maps the weights; see `Llama.swift`.
  static func qwen3(_ facts: DecoderFacts, positions: Int, from checkpoint: Checkpoint) throws -> LanguageModel {
    try .llama(facts, positions: positions, from: checkpoint, variation: Variation(normsHeads: true))
  }
}
