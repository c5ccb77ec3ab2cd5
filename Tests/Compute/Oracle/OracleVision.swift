import Catalog

/// `CLIPVisionModel`, `SiglipVisionModel`, `Idefics3VisionTransformer`, `Dinov2Model`, `Dinov2WithRegistersModel`, and
/// `LlavaMultiModalProjector`, `Idefics3Connector` and `PaliGemmaMultiModalProjector`.
extension OracleForward {
  /// The states of every vision site, [patch, hidden] each, without the tokens before the patches.
  func encode(pixels: [Float]) -> [Matrix] {
    let vision = model.facts.vision
    func block(_ index: Int, _ stream: Matrix) -> Matrix {
      switch vision.kind {
      case .clip, .siglip, .idefics3: clipBlock(index, stream)
      case .dinov2, .dinov2WithRegisters: dinov2Block(index, stream)
      }
    }
    var stream = embed(pixels)
    if vision.kind == .clip { stream = norm(stream, "vision.pre_layrnorm") }
    var sites = [stream]
    for index in 0..<vision.layers {
      stream = block(index, stream)
      sites.append(stream)
    }
    let before: Int =
      switch vision.kind {
      case .clip, .dinov2: 1
      case .siglip, .idefics3: 0
      case .dinov2WithRegisters: 1 + vision.registers
      }
    return sites.map { $0.rows(before..<$0.rows) }
  }

  private func norm(_ x: Matrix, _ name: String) -> Matrix {
    x.mapRows {
      OracleMath.layerNorm(
        $0, weight: model["\(name).weight"].values, bias: model["\(name).bias"].values,
        eps: model.facts.vision.layerNormEps)
    }
  }

  private func linear(_ x: Matrix, _ name: String) -> Matrix {
    OracleMath.linear(x, model["\(name).weight"], bias: model["\(name).bias"])
  }

  private func activate(_ x: Matrix) -> Matrix {
    x.mapRows { $0.map { OracleMath.activate($0, model.facts.vision.activation) } }
  }

  /// Every row attends to every row; `names` are the projections of query, key, value and output.
  private func attention(_ x: Matrix, _ names: [String]) -> Matrix {
    let vision = model.facts.vision
    let headSize = vision.hidden / vision.heads
    let projected = names.dropLast().map { linear(x, $0) }
    let heads = (0..<vision.heads).map { head in
      let columns = head * headSize..<(head + 1) * headSize
      return OracleMath.attend(
        queries: projected[0], query: columns, keys: projected[1], values: projected[2], key: columns
      ) { _, _ in true }
    }
    return linear(OracleMath.concatenate(heads), names[3])
  }

  /// `CLIPEncoderLayer`, `SiglipEncoderLayer`
  private func clipBlock(_ index: Int, _ input: Matrix) -> Matrix {
    let block = "vision.encoder.layers.\(index)"
    let names = ["q_proj", "k_proj", "v_proj", "out_proj"].map { "\(block).self_attn.\($0)" }
    let stream = input + attention(norm(input, "\(block).layer_norm1"), names)
    let inner = activate(linear(norm(stream, "\(block).layer_norm2"), "\(block).mlp.fc1"))
    return stream + linear(inner, "\(block).mlp.fc2")
  }

  /// `Dinov2Layer`
  private func dinov2Block(_ index: Int, _ input: Matrix) -> Matrix {
    let block = "vision.encoder.layer.\(index)"
    func scale(_ x: Matrix, _ name: String) -> Matrix {
      let lambda = model["\(block).\(name).lambda1"].values
      return x.mapRows { zip($0, lambda).map(*) }
    }
    let names = ["q_proj", "k_proj", "v_proj", "o_proj"].map { "\(block).attention.\($0)" }
    let stream = input + scale(attention(norm(input, "\(block).norm1"), names), "layer_scale1")
    let x = norm(stream, "\(block).norm2")
    guard model.facts.vision.isGated else {
      let inner = activate(linear(x, "\(block).mlp.fc1"))
      return stream + scale(linear(inner, "\(block).mlp.fc2"), "layer_scale2")
    }
    var inner = activate(linear(x, "\(block).mlp.gate_proj"))
    let up = linear(x, "\(block).mlp.up_proj")
    for index in inner.values.indices { inner.values[index] *= up.values[index] }
    return stream + scale(linear(inner, "\(block).mlp.down_proj"), "layer_scale2")
  }

  /// Patches, [patch, 3 · patch · patch].
  private func patches(_ pixels: [Float]) -> Matrix {
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
    return rows
  }

  /// All tokens before the first block (and CLIP's norm): [leading + patches, hidden].
  private func embed(_ pixels: [Float]) -> Matrix {
    let vision = model.facts.vision
    let name = "vision.embeddings"
    func rows(_ weight: OracleWeight) -> Matrix {
      Matrix(rows: weight.values.count / vision.hidden, columns: vision.hidden, values: weight.values)
    }
    func stack(_ parts: Matrix...) -> Matrix {
      Matrix(rows: parts.reduce(0) { $0 + $1.rows }, columns: vision.hidden, values: parts.flatMap(\.values))
    }
    let rowsOfPatches = patches(pixels)
    switch vision.kind {
    case .clip:
      let embedded = OracleMath.linear(rowsOfPatches, model["\(name).patch_embedding.weight"], bias: nil)
      return stack(rows(model["\(name).class_embedding"]), embedded)
        + rows(model["\(name).position_embedding.weight"])
    case .siglip, .idefics3:
      return linear(rowsOfPatches, "\(name).patch_embedding") + rows(model["\(name).position_embedding.weight"])
    case .dinov2, .dinov2WithRegisters:
      let table = rows(model["\(name).position_embeddings"])
      let grid = OraclePositions(
        table: table.rows(1..<table.rows), from: vision.trainedSide, to: vision.side,
        antialias: vision.kind == .dinov2WithRegisters)
      let positioned = linear(rowsOfPatches, "\(name).patch_embeddings.projection") + grid.interpolated
      let classToken = rows(model["\(name).cls_token"]) + table.rows(0..<1)
      guard vision.registers > 0 else { return stack(classToken, positioned) }
      return stack(classToken, rows(model["\(name).register_tokens"]), positioned)
    }
  }

  /// The connector on features of one or more vision sites: [image token, LLM hidden].
  func connect(_ features: [Matrix]) -> Matrix {
    let connector = model.facts.connector
    func linear(_ x: Matrix, _ name: String) -> Matrix {
      OracleMath.linear(x, model["\(name).weight"], bias: connector.bias ? model["\(name).bias"] : nil)
    }
    guard let activation = connector.activation else {
      // `last_hidden_state` is behind the encoder's last norm.
      let normed = norm(features[0], "vision.post_layernorm")
      return model.facts.family == .paligemma
        ? linear(normed, "projector.linear") : linear(shuffle(normed), "projector.modality_projection.proj")
    }
    let middle = linear(OracleMath.concatenate(features), "projector.linear_1")
      .mapRows { $0.map { OracleMath.activate($0, activation) } }
    return linear(middle, "projector.linear_2")
  }

  /// `pixel_shuffle`: each patch goes to the token that it lies in, behind those of it that come before in raster order.
  func shuffle(_ patches: Matrix) -> Matrix {
    let (side, scale) = (model.facts.vision.side, model.facts.connector.scale)
    let width = patches.columns
    var tokens = Matrix(rows: patches.rows / (scale * scale), columns: width * scale * scale)
    for (y, x) in (0..<side).flatMap({ y in (0..<side).map { (y, $0) } }) {
      let token = y / scale * (side / scale) + x / scale
      let start = token * tokens.columns + (y % scale * scale + x % scale) * width
      tokens.values.replaceSubrange(start..<start + width, with: patches[y * side + x])
    }
    return tokens
  }
}
