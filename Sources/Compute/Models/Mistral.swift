import Catalog

/// `MistralModel` of Hugging Face transformers: LLaMA, with windows of attention where the config has them.
extension LanguageModel {
  /// Maps the weights; see `Llama.swift`.
  static func mistral(_ facts: DecoderFacts, positions: Int, from checkpoint: Checkpoint) throws -> LanguageModel {
    try .llama(facts, positions: positions, from: checkpoint)
  }
}
