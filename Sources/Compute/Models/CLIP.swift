import Catalog

/// `CLIPVisionModel` of Hugging Face transformers: bias-free patches, a class token, `pre_layrnorm`.
extension VisionTransformer {
  /// Maps the weights in checkpoint order; `depth` blocks are needed (those behind the last feature layer are not).
  static func clip(_ facts: VisionFacts, depth: Int, from checkpoint: Checkpoint) throws -> VisionTransformer {
    let hidden = facts.hidden
    func vector(_ name: String, _ shape: [Int]) throws -> FloatBuffer {
      try FloatBuffer(checkpoint.tensor(name, shape: shape).floats())
    }
    func norm(_ name: String) throws -> LayerNorm {
      try LayerNorm(weight: vector("\(name).weight", [hidden]), bias: vector("\(name).bias", [hidden]))
    }
    func linear(_ name: String, _ outputs: Int, _ inputs: Int) throws -> Linear {
      try Linear(
        weight: checkpoint.tensor("\(name).weight", shape: [outputs, inputs]),
        bias: vector("\(name).bias", [outputs]))
    }
    let classToken = try vector("vision.embeddings.class_embedding", [hidden])
    let convolution = try checkpoint.tensor(
      "vision.embeddings.patch_embedding.weight", shape: [hidden, 3, facts.patch, facts.patch])
    let positions = try vector(
      "vision.embeddings.position_embedding.weight", [1 + facts.side * facts.side, hidden])
    let inputNorm = try norm("vision.pre_layrnorm")
    let blocks = try (0..<depth).map { index in
      let block = "vision.encoder.layers.\(index)"
      return Block(
        attentionNorm: try norm("\(block).layer_norm1"),
        query: try linear("\(block).self_attn.q_proj", hidden, hidden),
        key: try linear("\(block).self_attn.k_proj", hidden, hidden),
        value: try linear("\(block).self_attn.v_proj", hidden, hidden),
        output: try linear("\(block).self_attn.out_proj", hidden, hidden),
        mlpNorm: try norm("\(block).layer_norm2"),
        expand: try linear("\(block).mlp.fc1", facts.intermediate, hidden),
        contract: try linear("\(block).mlp.fc2", hidden, facts.intermediate))
    }
    return VisionTransformer(
      hidden: hidden, heads: facts.heads, intermediate: facts.intermediate, patch: facts.patch, side: facts.side,
      eps: Float(facts.layerNormEps), activation: facts.activation,
      patches: Linear(weight: convolution.reshaped([hidden, 3 * facts.patch * facts.patch]), bias: nil),
      leading: classToken, leadingCount: 1, positions: positions, inputNorm: inputNorm, blocks: blocks)
  }
}
