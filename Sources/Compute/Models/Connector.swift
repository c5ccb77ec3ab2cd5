import Catalog

/// From vision features to the LLM's input: one linear layer, or two with an activation between them.
struct Connector: Sendable {
  /// The encoder's last norm, where features go through it before the patches of a token are put together.
  let norm: VisionTransformer.LayerNorm?
  let layers: [Linear]
  /// Between the layers.
  let activation: Activation?

  /// Maps LLaVA's projector: linear_1, activation, linear_2 (`LlavaMultiModalProjector`).
  static func llava(_ facts: ModelFacts, from checkpoint: Checkpoint) throws -> Connector {
    let inputs = facts.vision.hidden * facts.connector.featureSites.count
    let outputs = facts.decoder.hidden
    let bias = facts.connector.bias
    return try Connector(
      norm: nil,
      layers: [
        checkpoint.linear("projector.linear_1", outputs, inputs, bias: bias),
        checkpoint.linear("projector.linear_2", outputs, outputs, bias: bias),
      ], activation: facts.connector.activation)
  }

  /// Maps the one layer on a token's patches side by side, behind the encoder's last norm (`Idefics3Connector`).
  static func idefics3(_ facts: ModelFacts, from checkpoint: Checkpoint) throws -> Connector {
    try linear("projector.modality_projection.proj", facts, from: checkpoint)
  }

  /// Maps the one layer behind SigLIP's last norm (`PaliGemmaMultiModalProjector`).
  static func paligemma(_ facts: ModelFacts, from checkpoint: Checkpoint) throws -> Connector {
    try linear("projector.linear", facts, from: checkpoint)
  }

  private static func linear(_ name: String, _ facts: ModelFacts, from checkpoint: Checkpoint) throws -> Connector {
    try Connector(
      norm: checkpoint.layerNorm("vision.post_layernorm", facts.vision.hidden),
      layers: [
        checkpoint.linear(name, facts.decoder.hidden, facts.hidden(at: .vision(0)), bias: facts.connector.bias)
      ], activation: nil)
  }
}
