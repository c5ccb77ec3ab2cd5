import Catalog

/// `CLIPVisionModel` and `LlavaMultiModalProjector`.
extension OracleForward {
  /// The states of every vision site, [patch, hidden] each, without the class token.
  func encode(pixels: [Float]) -> [Matrix] {
    let vision = model.facts.vision
    let embedded = embed(pixels)
    func norm(_ x: Matrix, _ name: String) -> Matrix {
      x.mapRows {
        OracleMath.layerNorm(
          $0, weight: model["\(name).weight"].values, bias: model["\(name).bias"].values, eps: vision.layerNormEps)
      }
    }
    func linear(_ x: Matrix, _ name: String) -> Matrix {
      OracleMath.linear(x, model["\(name).weight"], bias: model["\(name).bias"])
    }
    let headSize = vision.hidden / vision.heads
    var stream = norm(embedded, "vision.pre_layrnorm")
    var sites = [stream]
    for index in 0..<vision.layers {
      let block = "vision.encoder.layers.\(index)"
      var x = norm(stream, "\(block).layer_norm1")
      let queries = linear(x, "\(block).self_attn.q_proj")
      let keys = linear(x, "\(block).self_attn.k_proj")
      let values = linear(x, "\(block).self_attn.v_proj")
      let heads = (0..<vision.heads).map { head in
        let columns = head * headSize..<(head + 1) * headSize
        return OracleMath.attend(queries: queries, query: columns, keys: keys, values: values, key: columns) { _, _ in
          true
        }
      }
      stream = stream + linear(OracleMath.concatenate(heads), "\(block).self_attn.out_proj")
      x = norm(stream, "\(block).layer_norm2")
      x = linear(x, "\(block).mlp.fc1").mapRows { $0.map { OracleMath.activate($0, vision.activation) } }
      stream = stream + linear(x, "\(block).mlp.fc2")
      sites.append(stream)
    }
    return sites.map { $0.rows(1..<$0.rows) }
  }

  /// The class token and the patches, each plus its position: [1 + patches, hidden].
  private func embed(_ pixels: [Float]) -> Matrix {
    let vision = model.facts.vision
    let (side, patch) = (vision.side, vision.patch)
    precondition(pixels.count == 3 * vision.image * vision.image)
    var rows = Matrix(rows: side * side, columns: 3 * patch * patch)
    for token in 0..<side * side {
      for channel in 0..<3 {
        for y in 0..<patch {
          for x in 0..<patch {
            let pixel = (channel * vision.image + token / side * patch + y) * vision.image + token % side * patch + x
            rows.values[token * rows.columns + (channel * patch + y) * patch + x] = pixels[pixel]
          }
        }
      }
    }
    let patches = OracleMath.linear(rows, model["vision.embeddings.patch_embedding.weight"], bias: nil)
    let tokens = Matrix(
      rows: 1 + patches.rows, columns: vision.hidden,
      values: model["vision.embeddings.class_embedding"].values + patches.values)
    let positions = model["vision.embeddings.position_embedding.weight"].values
    return tokens + Matrix(rows: tokens.rows, columns: tokens.columns, values: positions)
  }

  /// The connector on features of one or more vision sites: [image token, LLM hidden].
  func connect(_ features: [Matrix]) -> Matrix {
    let connector = model.facts.connector
    func linear(_ x: Matrix, _ name: String) -> Matrix {
      OracleMath.linear(x, model["\(name).weight"], bias: connector.bias ? model["\(name).bias"] : nil)
    }
    let middle = linear(OracleMath.concatenate(features), "projector.linear_1")
      .mapRows { $0.map { OracleMath.activate($0, connector.activation) } }
    return linear(middle, "projector.linear_2")
  }
}
