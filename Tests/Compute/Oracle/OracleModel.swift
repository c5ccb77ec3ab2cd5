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
    for (name, shape) in Self.shapes(facts) {
      weights[name] = (shape, try checkpoint.tensor(name, shape: shape).floats())
    }
    self.init(facts: facts, weights: weights)
  }

  /// The weight of this name; the test is wrong if there is none.
  subscript(name: String) -> OracleWeight {
    guard let weight = weights[name] else { preconditionFailure("the oracle has no weight \(name)") }
    return weight
  }

  typealias Shapes = [(name: String, shape: [Int])]

  /// Every weight that a state depends on, with its shape, in checkpoint order.
  static func shapes(_ facts: ModelFacts) -> Shapes {
    visionShapes(facts.vision) + connectorShapes(facts) + decoderShapes(facts.decoder)
  }

  private static func visionShapes(_ vision: VisionFacts) -> Shapes {
    let width = vision.hidden
    func norm(_ name: String) -> Shapes { [("\(name).weight", [width]), ("\(name).bias", [width])] }
    func linear(_ name: String, _ outputs: Int, _ inputs: Int) -> Shapes {
      [("\(name).weight", [outputs, inputs]), ("\(name).bias", [outputs])]
    }
    var shapes: Shapes = [
      ("vision.embeddings.class_embedding", [width]),
      ("vision.embeddings.patch_embedding.weight", [width, 3, vision.patch, vision.patch]),
      ("vision.embeddings.position_embedding.weight", [1 + vision.side * vision.side, width]),
    ]
    shapes += norm("vision.pre_layrnorm")
    for index in 0..<vision.layers {
      let block = "vision.encoder.layers.\(index)"
      shapes += norm("\(block).layer_norm1")
      for name in ["q_proj", "k_proj", "v_proj", "out_proj"] {
        shapes += linear("\(block).self_attn.\(name)", width, width)
      }
      shapes += norm("\(block).layer_norm2")
      shapes += linear("\(block).mlp.fc1", vision.intermediate, width)
      shapes += linear("\(block).mlp.fc2", width, vision.intermediate)
    }
    return shapes
  }

  private static func connectorShapes(_ facts: ModelFacts) -> Shapes {
    let width = facts.decoder.hidden
    let inputs = facts.vision.hidden * facts.connector.featureSites.count
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
      linear("self_attn.o_proj", width, queries, bias: decoder.attentionBias)
      shapes.append(("\(block).post_attention_layernorm.weight", [width]))
      linear("mlp.gate_proj", decoder.intermediate, width, bias: decoder.mlpBias)
      linear("mlp.up_proj", decoder.intermediate, width, bias: decoder.mlpBias)
      linear("mlp.down_proj", width, decoder.intermediate, bias: decoder.mlpBias)
    }
    return shapes
  }
}
