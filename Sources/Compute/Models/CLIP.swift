import Catalog

/// `CLIPVisionModel` of Hugging Face transformers: bias-free patches, a class token, `pre_layrnorm`.
extension VisionTransformer {
  /// Maps the weights in checkpoint order.
  static func clip(_ facts: VisionFacts, from checkpoint: Checkpoint) throws -> VisionTransformer {
    let hidden = facts.hidden
    let classToken = try checkpoint.vector("vision.embeddings.class_embedding", [hidden])
    let patches = try checkpoint.patches(
      "vision.embeddings.patch_embedding", hidden, patch: facts.patch, bias: false)
    let positions = try checkpoint.vector(
      "vision.embeddings.position_embedding.weight", [1 + facts.side * facts.side, hidden])
    let inputNorm = try checkpoint.layerNorm("vision.pre_layrnorm", hidden)
    let blocks = try (0..<facts.layers).map { try Block(clip: $0, facts, from: checkpoint) }
    return VisionTransformer(
      facts, patches: patches, leading: classToken, positions: positions, inputNorm: inputNorm, blocks: blocks)
  }
}

extension VisionTransformer.Block {
  /// `CLIPEncoderLayer`, and `SiglipEncoderLayer`.
  init(clip index: Int, _ facts: VisionFacts, from checkpoint: Checkpoint) throws {
    let hidden = facts.hidden
    let block = "vision.encoder.layers.\(index)"
    self.init(
      attentionNorm: try checkpoint.layerNorm("\(block).layer_norm1", hidden),
      query: try checkpoint.linear("\(block).self_attn.q_proj", hidden, hidden),
      key: try checkpoint.linear("\(block).self_attn.k_proj", hidden, hidden),
      value: try checkpoint.linear("\(block).self_attn.v_proj", hidden, hidden),
      output: try checkpoint.linear("\(block).self_attn.out_proj", hidden, hidden), attentionScale: nil,
      mlpNorm: try checkpoint.layerNorm("\(block).layer_norm2", hidden), gate: nil,
      expand: try checkpoint.linear("\(block).mlp.fc1", facts.intermediate, hidden),
      contract: try checkpoint.linear("\(block).mlp.fc2", hidden, facts.intermediate), mlpScale: nil)
  }
}
