import Catalog

/// LLaMA and Vicuna: `LlamaModel` of Hugging Face transformers.
extension LanguageModel {
  /// Maps the weights of a LLaMA decoder, in checkpoint order; nothing is read yet.
  static func llama(_ facts: DecoderFacts, positions: Int, from checkpoint: Checkpoint) throws -> LanguageModel {
    let hidden = facts.hidden
    let queryWidth = facts.heads * facts.headSize
    let keyWidth = facts.keyValueHeads * facts.headSize
    func linear(_ name: String, _ outputs: Int, _ inputs: Int, bias: Bool) throws -> Linear {
      try Linear(
        weight: checkpoint.tensor("\(name).weight", shape: [outputs, inputs]),
        bias: bias ? FloatBuffer(checkpoint.tensor("\(name).bias", shape: [outputs]).floats()) : nil)
    }
    let embedding = try checkpoint.tensor("decoder.embed_tokens.weight", shape: [facts.vocabulary, hidden])
    let blocks = try (0..<facts.layers).map { index in
      let block = "decoder.layers.\(index)"
      return Block(
        inputNorm: try FloatBuffer(checkpoint.tensor("\(block).input_layernorm.weight", shape: [hidden]).floats()),
        query: try linear("\(block).self_attn.q_proj", queryWidth, hidden, bias: facts.attentionBias),
        key: try linear("\(block).self_attn.k_proj", keyWidth, hidden, bias: facts.attentionBias),
        value: try linear("\(block).self_attn.v_proj", keyWidth, hidden, bias: facts.attentionBias),
        output: try linear("\(block).self_attn.o_proj", hidden, queryWidth, bias: facts.attentionBias),
        mlpNorm: try FloatBuffer(
          checkpoint.tensor("\(block).post_attention_layernorm.weight", shape: [hidden]).floats()),
        gate: try linear("\(block).mlp.gate_proj", facts.intermediate, hidden, bias: facts.mlpBias),
        up: try linear("\(block).mlp.up_proj", facts.intermediate, hidden, bias: facts.mlpBias),
        down: try linear("\(block).mlp.down_proj", hidden, facts.intermediate, bias: facts.mlpBias))
    }
    return LanguageModel(
      hidden: hidden, heads: facts.heads, keyValueHeads: facts.keyValueHeads, headSize: facts.headSize,
      intermediate: facts.intermediate, normEps: Float(facts.normEps),
      rope: RotaryTable(facts: facts.rope, headSize: facts.headSize, positions: positions), blocks: blocks,
      embedding: embedding)
  }
}
