import Catalog

/// `Dinov2Model` and `Dinov2WithRegistersModel` of Hugging Face transformers: a class token, registers that have no
/// position, LayerScale, and a position table that follows the input's size.
extension VisionTransformer {
  /// Maps the weights in checkpoint order.
  static func dinov2(_ facts: VisionFacts, from checkpoint: Checkpoint) throws -> VisionTransformer {
    let hidden = facts.hidden
    let classToken = try checkpoint.vector("vision.embeddings.cls_token", [1, 1, hidden])
    let registers =
      try facts.kind == .dinov2WithRegisters
      ? checkpoint.tensor("vision.embeddings.register_tokens", shape: [1, facts.registers, hidden]).floats() : []
    let trained = try checkpoint.tensor(
      "vision.embeddings.position_embeddings", shape: [1, 1 + facts.trainedSide * facts.trainedSide, hidden]
    ).floats()
    let patches = try checkpoint.patches(
      "vision.embeddings.patch_embeddings.projection", hidden, patch: facts.patch, bias: true)
    let blocks = try (0..<facts.layers).map { try Block(dinov2: $0, facts, from: checkpoint) }
    let table = PositionTable(side: facts.trainedSide, hidden: hidden, values: Array(trained.dropFirst(hidden)))
    // The two classes interpolate differently.
    let grid = table.resized(to: facts.side, antialias: facts.kind == .dinov2WithRegisters)
    let positions = trained.prefix(hidden) + [Float](repeating: 0, count: registers.count) + grid
    return VisionTransformer(
      facts, patches: patches, leading: FloatBuffer(classToken.array() + registers),
      positions: FloatBuffer(Array(positions)), inputNorm: nil, blocks: blocks)
  }
}

extension VisionTransformer.Block {
  /// `Dinov2Layer`.
  fileprivate init(dinov2 index: Int, _ facts: VisionFacts, from checkpoint: Checkpoint) throws {
    let (hidden, inner) = (facts.hidden, facts.intermediate)
    let block = "vision.encoder.layer.\(index)"
    let attention = "\(block).attention"
    let gated = try facts.isGated ? Self.gateAndUp("\(block).mlp", facts, from: checkpoint) : nil
    self.init(
      attentionNorm: try checkpoint.layerNorm("\(block).norm1", hidden),
      query: try checkpoint.linear("\(attention).q_proj", hidden, hidden),
      key: try checkpoint.linear("\(attention).k_proj", hidden, hidden),
      value: try checkpoint.linear("\(attention).v_proj", hidden, hidden),
      output: try checkpoint.linear("\(attention).o_proj", hidden, hidden),
      attentionScale: try checkpoint.vector("\(block).layer_scale1.lambda1", [hidden]),
      mlpNorm: try checkpoint.layerNorm("\(block).norm2", hidden), gate: gated?.gate,
      expand: try gated?.up ?? checkpoint.linear("\(block).mlp.fc1", inner, hidden),
      contract: try checkpoint.linear("\(block).mlp.\(facts.isGated ? "down_proj" : "fc2")", hidden, inner),
      mlpScale: try checkpoint.vector("\(block).layer_scale2.lambda1", [hidden]))
  }

  /// Gate and up of SwiGLU: one tensor on disk before transformers 5, two in its modules.
  private static func gateAndUp(
    _ mlp: String, _ facts: VisionFacts, from checkpoint: Checkpoint
  ) throws -> (gate: Linear, up: Linear) {
    let (hidden, inner) = (facts.hidden, facts.intermediate)
    guard checkpoint.has("\(mlp).weights_in.weight") else {
      return try (
        checkpoint.linear("\(mlp).gate_proj", inner, hidden), checkpoint.linear("\(mlp).up_proj", inner, hidden)
      )
    }
    let both = try checkpoint.linear("\(mlp).weights_in", 2 * inner, hidden)
    return (both.rows(0..<inner), both.rows(inner..<2 * inner))
  }
}
