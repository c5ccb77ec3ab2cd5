import Catalog

/// From vision features to the LLM's input: for each image token one or two linear layers on the features of its patches.
struct Connector: Sendable {
  /// Of the features, before their patches are put together; nil: none.
  let norm: VisionTransformer.LayerNorm?
  let first: Linear
  /// Behind `first`; nil: there is one layer.
  let second: (activation: Activation, layer: Linear)?

  /// All of its products.
  var layers: [Linear] { [first] + (second.map { [$0.layer] } ?? []) }
}

extension Connector {
  /// linear_1, activation, linear_2 (`LlavaMultiModalProjector`).
  static func llava(_ facts: ModelFacts, from checkpoint: Checkpoint) throws -> Connector {
    let inputs = facts.vision.hidden * facts.connector.featureSites.count
    let outputs = facts.decoder.hidden
    let bias = facts.connector.bias
    return try Connector(
      norm: nil, first: checkpoint.linear("projector.linear_1", outputs, inputs, bias: bias),
      second: facts.connector.activation.map {
        ($0, try checkpoint.linear("projector.linear_2", outputs, outputs, bias: bias))
      })
  }

  /// The encoder's `post_layernorm`, then one layer on the patches of a token side by side (`Idefics3Connector`).
  static func idefics3(_ facts: ModelFacts, from checkpoint: Checkpoint) throws -> Connector {
    try Connector(
      norm: checkpoint.layerNorm("vision.post_layernorm", facts.vision.hidden),
      first: checkpoint.linear(
        "projector.modality_projection.proj", facts.decoder.hidden, facts.hidden(at: .vision(0)),
        bias: facts.connector.bias), second: nil)
  }
}
