import Catalog
import Compute

/// One tensor of the oracle, row-major.
typealias OracleWeight = (shape: [Int], values: [Float])

/// A model as the oracle runs it: what its config says, and every weight under its canonical name.
struct OracleModel: Sendable {
  let facts: ModelFacts
  let weights: [String: OracleWeight]

  init(facts: ModelFacts, weights: [String: OracleWeight]) {
    self.facts = facts
    self.weights = weights
  }

  /// Reads a checkpoint.
  init(directory: String) throws {
    let facts = try ModelFacts(directory: directory)
    let checkpoint = try Checkpoint(directory: directory)
    var weights: [String: OracleWeight] = [:]
    let names = Set(checkpoint.names)
    for (name, shape) in Self.shapes(facts) {
      weights[name] =
        try names.contains(name)
        ? (shape, checkpoint.tensor(name, shape: shape).floats()) : Self.half(name, shape, of: checkpoint)
    }
    self.init(facts: facts, weights: weights)
  }

  /// A gate or an up projection of `Dinov2SwiGLUFFN` out of `weights_in`, which has the gate's rows first.
  private static func half(_ name: String, _ shape: [Int], of checkpoint: Checkpoint) throws -> OracleWeight {
    let isGate = name.contains("gate_proj")
    let both = name.replacing(isGate ? "gate_proj" : "up_proj", with: "weights_in")
    let values = try checkpoint.tensor(both, shape: [2 * shape[0]] + shape.dropFirst()).floats()
    let count = values.count / 2
    return (shape, Array(isGate ? values[..<count] : values[count...]))
  }

  /// The weight of this name; the test is wrong if there is none.
  subscript(name: String) -> OracleWeight {
    guard let weight = weights[name] else { preconditionFailure("the oracle has no weight \(name)") }
    return weight
  }

  typealias Shapes = [(name: String, shape: [Int])]

  /// Every weight that a state depends on, with its shape, in checkpoint order.
  static func shapes(_ facts: ModelFacts) -> Shapes {
    OracleVisionShapes(facts.vision).all + connectorShapes(facts) + decoderShapes(facts.decoder)
  }

  private static func connectorShapes(_ facts: ModelFacts) -> Shapes {
    let width = facts.decoder.hidden
    if facts.family == .paligemma {
      return [
        ("vision.post_layernorm.weight", [facts.vision.hidden]), ("vision.post_layernorm.bias", [facts.vision.hidden]),
        ("projector.linear.weight", [width, facts.vision.hidden]), ("projector.linear.bias", [width]),
      ]
    }
    let inputs = facts.vision.hidden * facts.connector.featureSites.count
    guard facts.connector.activation != nil else {
      let patches = facts.connector.scale * facts.connector.scale
      return [("projector.modality_projection.proj.weight", [width, inputs * patches])]
    }
    let weights: Shapes = [
      ("projector.linear_1.weight", [width, inputs]), ("projector.linear_2.weight", [width, width]),
    ]
    let biases: Shapes = [("projector.linear_1.bias", [width]), ("projector.linear_2.bias", [width])]
    return weights + (facts.connector.bias ? biases : [])
  }

  private static func decoderShapes(_ decoder: DecoderFacts) -> Shapes {
    let width = decoder.hidden
    let (queries, keys) = (decoder.heads * decoder.headSize, decoder.keyValueHeads * decoder.headSize)
    var shapes: Shapes = [("decoder.embed_tokens.weight", [decoder.vocabulary, width])]
    let normed = decoder.kind == .qwen3 ? ["self_attn.q_norm", "self_attn.k_norm"] : []
    for index in 0..<decoder.layers {
      let block = "decoder.layers.\(index)"
      func linear(_ name: String, _ outputs: Int, _ inputs: Int, bias: Bool) {
        shapes.append(("\(block).\(name).weight", [outputs, inputs]))
        if bias { shapes.append(("\(block).\(name).bias", [outputs])) }
      }
      shapes.append(("\(block).input_layernorm.weight", [width]))
      linear("self_attn.q_proj", queries, width, bias: decoder.attentionBias)
      linear("self_attn.k_proj", keys, width, bias: decoder.attentionBias)
      linear("self_attn.v_proj", keys, width, bias: decoder.attentionBias)
      shapes += normed.map { ("\(block).\($0).weight", [decoder.headSize]) }
      linear("self_attn.o_proj", width, queries, bias: decoder.outputBias)
      shapes.append(("\(block).post_attention_layernorm.weight", [width]))
      linear("mlp.gate_proj", decoder.intermediate, width, bias: decoder.mlpBias)
      linear("mlp.up_proj", decoder.intermediate, width, bias: decoder.mlpBias)
      linear("mlp.down_proj", width, decoder.intermediate, bias: decoder.mlpBias)
    }
    return shapes
  }
}
