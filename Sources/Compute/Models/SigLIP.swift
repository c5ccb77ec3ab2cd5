import Catalog

/// `SiglipVisionModel` of Hugging Face transformers: patches with bias, neither class token nor input norm. Its pooling head
/// is not used. `Idefics3VisionTransformer` is the same on a square image, whose patches have one position each
/// (`VisionFacts+Config.swift`); its last norm belongs to the connector.
extension VisionTransformer {
  /// Maps the weights in checkpoint order.
  static func siglip(_ facts: VisionFacts, from checkpoint: Checkpoint) throws -> VisionTransformer {
    let patches = try checkpoint.patches(
      "vision.embeddings.patch_embedding", facts.hidden, patch: facts.patch, bias: true)
    let positions = try checkpoint.vector(
      "vision.embeddings.position_embedding.weight", [facts.side * facts.side, facts.hidden])
    let blocks = try (0..<facts.layers).map { try Block(clip: $0, facts, from: checkpoint) }
    return VisionTransformer(
      facts, patches: patches, leading: FloatBuffer(count: 0), positions: positions, inputNorm: nil, blocks: blocks)
  }
}
