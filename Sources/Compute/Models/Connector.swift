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
    func linear(_ name: String, _ inputs: Int) throws -> Linear {
      try Linear(
        weight: checkpoint.tensor("projector.\(name).weight", shape: [outputs, inputs]),
        bias: facts.connector.bias
          ? FloatBuffer(checkpoint.tensor("projector.\(name).bias", shape: [outputs]).floats()) : nil)
    }
    return try Connector(
      first: linear("linear_1", inputs), activation: facts.connector.activation, second: linear("linear_2", outputs))
  }
}
