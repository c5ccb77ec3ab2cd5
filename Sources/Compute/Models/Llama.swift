import Catalog

/// LLaMA and Vicuna: `LlamaModel` of Hugging Face transformers, of which the other families are variations.
extension LanguageModel {
  /// Maps the weights in checkpoint order; nothing is read yet but norms and biases.
  static func llama(
    _ facts: DecoderFacts, positions: Int, from checkpoint: Checkpoint, variation: Variation = Variation()
  ) throws -> LanguageModel {
    let hidden = facts.hidden
    let queryWidth = facts.heads * facts.headSize
    let keyWidth = facts.keyValueHeads * facts.headSize
    func norm(_ name: String, _ width: Int) throws -> FloatBuffer {
      let weight = try checkpoint.vector("\(name).weight", [width])
      for index in 0..<width { weight.pointer[index] += variation.normOffset }
      return weight
    }
    let embedding = try checkpoint.tensor("decoder.embed_tokens.weight", shape: [facts.vocabulary, hidden])
    let blocks = try (0..<facts.layers).map { index in
      let block = "decoder.layers.\(index)"
      let (attention, mlp) = ("\(block).self_attn", "\(block).mlp")
      return Block(
        inputNorm: try norm("\(block).input_layernorm", hidden),
        query: try checkpoint.linear("\(attention).q_proj", queryWidth, hidden, bias: facts.attentionBias),
        key: try checkpoint.linear("\(attention).k_proj", keyWidth, hidden, bias: facts.attentionBias),
        value: try checkpoint.linear("\(attention).v_proj", keyWidth, hidden, bias: facts.attentionBias),
        queryNorm: variation.normsHeads ? try norm("\(attention).q_norm", facts.headSize) : nil,
        keyNorm: variation.normsHeads ? try norm("\(attention).k_norm", facts.headSize) : nil,
        output: try checkpoint.linear("\(attention).o_proj", hidden, queryWidth, bias: facts.outputBias),
        mlpNorm: try norm("\(block).post_attention_layernorm", hidden),
        gate: try checkpoint.linear("\(mlp).gate_proj", facts.intermediate, hidden, bias: facts.mlpBias),
        up: try checkpoint.linear("\(mlp).up_proj", facts.intermediate, hidden, bias: facts.mlpBias),
        down: try checkpoint.linear("\(mlp).down_proj", hidden, facts.intermediate, bias: facts.mlpBias),
        attentionWindow: facts.attentionWindows[index])
    }
    return LanguageModel(
      hidden: hidden, heads: facts.heads, keyValueHeads: facts.keyValueHeads, headSize: facts.headSize,
      intermediate: facts.intermediate, normEps: Float(facts.normEps), gate: facts.gate,
      rope: RotaryTable(facts: facts.rope, headSize: facts.headSize, positions: positions),
      isCausal: facts.isCausal, blocks: blocks,
      embedding: embedding, embeddingScale: variation.embeddingScale)
  }

  /// What a family changes beyond what its config says.
  struct Variation {
    /// Added to the weights of RMS norms.
    var normOffset: Float = 0
    /// Whether each head's queries and keys are normed before they are rotated.
    var normsHeads = false
    /// Multiplies the embeddings of tokens.
    var embeddingScale: Float = 1
  }
}
