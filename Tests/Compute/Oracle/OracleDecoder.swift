import Catalog
import Foundation

/// `LlamaModel`, without its final norm, and what `MistralModel`, `Qwen2Model`, `Qwen3Model` and `GemmaModel` do otherwise.
extension OracleForward {
  /// The raw output of every decoder block, [row, hidden] each.
  func decode(_ input: Matrix, edges: Edges) -> [Matrix] {
    let decoder = model.facts.decoder
    let size = decoder.headSize
    let group = decoder.heads / decoder.keyValueHeads
    func norm(_ x: [Float], _ name: String) -> [Float] {
      // GemmaRMSNorm multiplies by 1 + weight.
      let weight = model["\(name).weight"].values.map { decoder.kind == .gemma ? 1 + $0 : $0 }
      return OracleMath.rmsNorm(x, weight: weight, eps: decoder.normEps)
    }
    func norm(_ x: Matrix, _ name: String) -> Matrix { x.mapRows { norm($0, name) } }
    func normHeads(_ x: Matrix, _ name: String) -> Matrix {
      guard decoder.kind == .qwen3 else { return x }
      return x.mapRows { row in
        stride(from: 0, to: row.count, by: size).flatMap { norm(Array(row[$0..<$0 + size]), name) }
      }
    }
    func linear(_ x: Matrix, _ name: String, bias: Bool) -> Matrix {
      OracleMath.linear(x, model["\(name).weight"], bias: bias ? model["\(name).bias"] : nil)
    }
    var stream = input
    return (1...decoder.layers).map { layer in
      let block = "decoder.layers.\(layer - 1)"
      var x = norm(stream, "\(block).input_layernorm")
      let attention = "\(block).self_attn"
      let queries = rotate(
        normHeads(linear(x, "\(attention).q_proj", bias: decoder.attentionBias), "\(attention).q_norm"))
      let keys = rotate(
        normHeads(linear(x, "\(attention).k_proj", bias: decoder.attentionBias), "\(attention).k_norm"))
      let values = linear(x, "\(block).self_attn.v_proj", bias: decoder.attentionBias)
      let heads = (0..<decoder.heads).map { head in
        // Neighbouring query heads share a key/value head.
        let shared = head / group
        return OracleMath.attend(
          queries: queries, query: head * size..<(head + 1) * size, keys: keys, values: values,
          key: shared * size..<(shared + 1) * size
        ) { query, key in edges(layer, head, query, key) }
      }
      stream =
        stream + linear(OracleMath.concatenate(heads), "\(block).self_attn.o_proj", bias: decoder.outputBias)
      x = norm(stream, "\(block).post_attention_layernorm")
      let gate = linear(x, "\(block).mlp.gate_proj", bias: decoder.mlpBias)
      var inner = linear(x, "\(block).mlp.up_proj", bias: decoder.mlpBias)
      for index in inner.values.indices { inner.values[index] *= OracleMath.activate(gate.values[index], decoder.gate) }
      stream = stream + linear(inner, "\(block).mlp.down_proj", bias: decoder.mlpBias)
      return stream
    }
  }

  /// Half-split rotary embedding of every head of every row, row = position (`apply_rotary_pos_emb`).
  private func rotate(_ x: Matrix) -> Matrix {
    let size = model.facts.decoder.headSize
    let half = size / 2
    let frequencies = rotaryFrequencies()
    var rotated = x
    for row in 0..<x.rows {
      for head in 0..<x.columns / size {
        let start = row * x.columns + head * size
        for index in 0..<half {
          // The angle is rounded to float32, as transformers does.
          let angle = Double(Float(row) * frequencies[index])
          let (first, second) = (Double(x.values[start + index]), Double(x.values[start + half + index]))
          rotated.values[start + index] = Float(first * cos(angle) - second * sin(angle))
          rotated.values[start + half + index] = Float(second * cos(angle) + first * sin(angle))
        }
      }
    }
    return rotated
  }

  /// `compute_default_rope_parameters`, `_compute_linear_scaling_rope_parameters` and `_compute_llama3_parameters`.
  private func rotaryFrequencies() -> [Float] {
    let rope = model.facts.decoder.rope
    let size = model.facts.decoder.headSize
    return (0..<size / 2).map { index in
      let plain = pow(rope.theta, -Double(2 * index) / Double(size))
      switch rope.scaling {
      case .none: return Float(plain)
      case .linear(let factor): return Float(plain / factor)
      case .llama3(let factor, let low, let high, let original):
        let turns = Double(original) * plain / (2 * .pi)
        if turns > high { return Float(plain) }
        if turns < low { return Float(plain / factor) }
        let share = (turns - low) / (high - low)
        return Float((1 - share) * plain / factor + share * plain)
      }
    }
  }
}
