import Catalog

/// From vision features to the LLM's input: linear_1, activation, linear_2 (`LlavaMultiModalProjector`).
struct Connector: Sendable {
  let first: Linear
  let activation: Activation
  let second: Linear

  /// Maps LLaVA's projector.
  static func llava(_ facts: ModelFacts, from checkpoint: Checkpoint) throws -> Connector {
    let inputs = facts.vision.hidden * facts.connector.featureSites.count
    let outputs = facts.decoder.hidden
    let bias = facts.connector.bias
    return try Connector(
      first: checkpoint.linear("projector.linear_1", outputs, inputs, bias: bias),
      activation: facts.connector.activation,
      second: checkpoint.linear("projector.linear_2", outputs, outputs, bias: bias))
  }
}
