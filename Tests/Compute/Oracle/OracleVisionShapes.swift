import Catalog

/// An encoder's weights with their shapes, in checkpoint order.
struct OracleVisionShapes {
  private let vision: VisionFacts
  private var width: Int { vision.hidden }

  init(_ vision: VisionFacts) { self.vision = vision }

  private func norm(_ name: String) -> OracleModel.Shapes { [("\(name).weight", [width]), ("\(name).bias", [width])] }

  private func linear(_ name: String, _ outputs: Int, _ inputs: Int) -> OracleModel.Shapes {
    [("\(name).weight", [outputs, inputs]), ("\(name).bias", [outputs])]
  }

  var all: OracleModel.Shapes {
    switch vision.kind {
    case .clip:
      [
        ("vision.embeddings.class_embedding", [width]),
        ("vision.embeddings.patch_embedding.weight", [width, 3, vision.patch, vision.patch]),
        ("vision.embeddings.position_embedding.weight", [1 + vision.side * vision.side, width]),
      ] + norm("vision.pre_layrnorm") + (0..<vision.layers).flatMap(clipBlock)
    case .siglip, .idefics3:
      [
        ("vision.embeddings.patch_embedding.weight", [width, 3, vision.patch, vision.patch]),
        ("vision.embeddings.patch_embedding.bias", [width]),
        ("vision.embeddings.position_embedding.weight", [vision.side * vision.side, width]),
      ] + (0..<vision.layers).flatMap(clipBlock) + (vision.kind == .idefics3 ? norm("vision.post_layernorm") : [])
    case .dinov2, .dinov2WithRegisters:
      [
        ("vision.embeddings.cls_token", [1, 1, width]),
        ("vision.embeddings.position_embeddings", [1, 1 + vision.trainedSide * vision.trainedSide, width]),
        ("vision.embeddings.patch_embeddings.projection.weight", [width, 3, vision.patch, vision.patch]),
        ("vision.embeddings.patch_embeddings.projection.bias", [width]),
      ] + (vision.registers > 0 ? [("vision.embeddings.register_tokens", [1, vision.registers, width])] : [])
        + (0..<vision.layers).flatMap(dinov2Block)
    }
  }

  private func clipBlock(_ index: Int) -> OracleModel.Shapes {
    let block = "vision.encoder.layers.\(index)"
    return norm("\(block).layer_norm1")
      + ["q_proj", "k_proj", "v_proj", "out_proj"].flatMap { linear("\(block).self_attn.\($0)", width, width) }
      + norm("\(block).layer_norm2") + linear("\(block).mlp.fc1", vision.intermediate, width)
      + linear("\(block).mlp.fc2", width, vision.intermediate)
  }

  private func dinov2Block(_ index: Int) -> OracleModel.Shapes {
    let block = "vision.encoder.layer.\(index)"
    let inner = vision.intermediate
    let mlp =
      vision.isGated
      ? linear("\(block).mlp.gate_proj", inner, width) + linear("\(block).mlp.up_proj", inner, width)
        + linear("\(block).mlp.down_proj", width, inner)
      : linear("\(block).mlp.fc1", inner, width) + linear("\(block).mlp.fc2", width, inner)
    return norm("\(block).norm1")
      + ["q_proj", "k_proj", "v_proj", "o_proj"].flatMap { linear("\(block).attention.\($0)", width, width) }
      + [("\(block).layer_scale1.lambda1", [width])] + norm("\(block).norm2") + mlp
      + [("\(block).layer_scale2.lambda1", [width])]
  }
}
