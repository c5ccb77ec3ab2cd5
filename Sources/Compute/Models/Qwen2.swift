import Catalog

/// `Qwen2Model` of Hugging Face transformers: LLaMA, with biases on queries, keys and values.
extension LanguageModel {
  /// Maps the weights; see `Llama.swift`.
  static func qwen2(_ facts: DecoderFacts, positions: Int, from checkpoint: Checkpoint) throws -> LanguageModel {
    try .llama(facts, positions: positions, from: checkpoint)
  }
}
