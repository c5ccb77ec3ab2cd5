import CKernels
import Catalog

/// The vision encoder and the connector for one image: from pixels to the states of every vision site and the adapter.
struct VisionPass {
  let model: Model
  let unit: MatrixUnit
  let workspace: Workspace

  /// States of one image, patches only, in raster order.
  struct Result {
    /// [vision site 0 ... V][patch, hidden]
    let sites: [[Float]]
    /// [image token, LLM hidden]
    let adapter: [Float]
  }

  /// Runs the encoder on `pixels`, [3, side, side] normalised , and the connector on its features.
  func run(pixels: [Float]) -> Result {
    let vision = model.vision
    let tokens = vision.tokens
    let width = vision.hidden
    let rows = RowPacking.whole(tokens)
    let stream = workspace.floats("vision stream", rows * width)
    embed(pixels, stream: stream, rows: rows)
    var sites = [patches(stream)]
    let mask = EdgeMask.full(rows: tokens)
    for block in vision.blocks {
      attend(block, stream: stream, rows: rows, mask: mask)
      mlp(block, stream: stream, rows: rows)
      sites.append(patches(stream))
    }
    return Result(sites: sites, adapter: connect(model.facts.connector.featureSites.map { sites[$0] }))
  }

  /// The patches' rows of the stream, without leading tokens.
  private func patches(_ stream: UnsafeMutablePointer<Float>) -> [Float] {
    let start = stream + model.vision.leadingCount * model.vision.hidden
    return Array(UnsafeBufferPointer(start: start, count: model.vision.side * model.vision.side * model.vision.hidden))
  }

  /// Patch convolution as a product, leading tokens, positions and the input norm.
  private func embed(_ pixels: [Float], stream: UnsafeMutablePointer<Float>, rows: Int) {
    let vision = model.vision
    let patch = vision.patch
    let size = vision.image
    let inputs = vision.patches.inputs
    let width = vision.hidden
    let columns = workspace.floats("vision patches", rows * inputs)
    columns.update(repeating: 0, count: rows * inputs)
    for row in 0..<vision.side {
      for column in 0..<vision.side {
        var out = columns + (vision.leadingCount + row * vision.side + column) * inputs
        for channel in 0..<3 {
          for y in 0..<patch {
            let start = channel * size * size + (row * patch + y) * size + column * patch
            for x in 0..<patch { out[x] = pixels[start + x] }
            out += patch
          }
        }
      }
    }
    unit.multiply([.init(layer: vision.patches, input: columns, output: stream, outputStride: width)], rows: rows)
    stream.update(from: vision.leading.pointer, count: vision.leadingCount * width)
    rb_add(stream, vision.positions.pointer, Int64(vision.tokens * width))
    if let norm = vision.inputNorm {
      let copy = workspace.floats("vision normed", rows * width)
      copy.update(from: stream, count: vision.tokens * width)
      rb_layer_norm(
        copy, norm.weight.pointer, norm.bias.pointer, stream, Int64(vision.tokens), Int64(width), vision.eps)
    }
  }

  private func normed(
    _ norm: VisionTransformer.LayerNorm, _ stream: UnsafeMutablePointer<Float>, rows: Int
  ) -> UnsafeMutablePointer<Float> {
    let width = model.vision.hidden
    let out = workspace.floats("vision normed", rows * width)
    rb_layer_norm(
      stream, norm.weight.pointer, norm.bias.pointer, out, Int64(model.vision.tokens), Int64(width), model.vision.eps)
    return out
  }

  private func attend(
    _ block: VisionTransformer.Block, stream: UnsafeMutablePointer<Float>, rows: Int, mask: EdgeMask
  ) {
    let vision = model.vision
    let width = vision.hidden
    let input = normed(block.attentionNorm, stream, rows: rows)
    nonisolated(unsafe) let queries = workspace.floats("vision queries", rows * width)
    nonisolated(unsafe) let keys = workspace.floats("vision keys", rows * width)
    nonisolated(unsafe) let values = workspace.floats("vision values", rows * width)
    nonisolated(unsafe) let attended = workspace.floats("vision attended", rows * width)
    unit.multiply(
      [
        .init(layer: block.query, input: input, output: queries, outputStride: width),
        .init(layer: block.key, input: input, output: keys, outputStride: width),
        .init(layer: block.value, input: input, output: values, outputStride: width),
      ], rows: rows)
    let cache = LayerCache(rows: vision.tokens, heads: vision.heads, headSize: vision.headSize)
    let places = (0..<vision.tokens).map { (position: $0, index: $0) }
    let scoreWidth = AttentionHead.scores(mask)
    nonisolated(unsafe) let scores = workspace.floats("scores", unit.pool.threads * scoreWidth)
    unit.pool.run(vision.heads) { head, thread in
      cache.scatter(head: head, places: places, keys: keys, values: values, width: width)
      AttentionHead(
        keys: cache.keys(head: head), keyStride: cache.keyStride, values: cache.values(head: head),
        valueStride: cache.valueStride, headSize: vision.headSize, scale: 1 / Float(vision.headSize).squareRoot(),
        mask: mask
      ).run(
        places: places, queries: queries + head * vision.headSize, outputs: attended + head * vision.headSize,
        width: width, scores: scores + thread * scoreWidth)
    }
    let update = workspace.floats("vision update", rows * width)
    unit.multiply([.init(layer: block.output, input: attended, output: update, outputStride: width)], rows: rows)
    add(update, times: block.attentionScale, to: stream)
  }

  /// What a block's half adds to the stream, under its LayerScale.
  private func add(_ update: UnsafePointer<Float>, times scale: FloatBuffer?, to stream: UnsafeMutablePointer<Float>) {
    let (tokens, width) = (Int64(model.vision.tokens), Int64(model.vision.hidden))
    if let scale {
      rb_add_scaled(stream, update, scale.pointer, tokens, width)
    } else {
      rb_add(stream, update, tokens * width)
    }
  }

  private func mlp(_ block: VisionTransformer.Block, stream: UnsafeMutablePointer<Float>, rows: Int) {
    let vision = model.vision
    let width = vision.hidden
    let inner = vision.intermediate
    let input = normed(block.mlpNorm, stream, rows: rows)
    let hidden = workspace.floats("vision hidden", rows * inner)
    let update = workspace.floats("vision update", rows * width)
    if let gate = block.gate {
      let gates = workspace.floats("vision gates", rows * 2 * inner)
      unit.multiply(
        [
          .init(layer: gate, input: input, output: gates, outputStride: 2 * inner),
          .init(layer: block.expand, input: input, output: gates + inner, outputStride: 2 * inner),
        ], rows: rows)
      for token in 0..<vision.tokens {
        vision.activation.applyGate(gates + token * 2 * inner, hidden + token * inner, width: inner)
      }
    } else {
      unit.multiply([.init(layer: block.expand, input: input, output: hidden, outputStride: inner)], rows: rows)
      vision.activation.apply(hidden, count: vision.tokens * inner)
    }
    unit.multiply([.init(layer: block.contract, input: hidden, output: update, outputStride: width)], rows: rows)
    add(update, times: block.mlpScale, to: stream)
  }

  /// The connector on features of one or more sites, [patch, hidden] each → [image token, LLM hidden].
  private func connect(_ features: [[Float]]) -> [Float] {
    let connector = model.connector
    let tokens = model.facts.grid.tokens
    let rows = RowPacking.whole(tokens)
    let joined = features.map { model.tokenPatches.joined(normed($0), width: model.vision.hidden) }
    var width = joined.reduce(0) { $0 + $1.count / tokens }
    var states = workspace.floats("connector input", rows * width)
    concatenate(joined, into: states)
    for (index, layer) in connector.layers.enumerated() {
      if index > 0 { connector.activation?.apply(states, count: tokens * width) }
      let output = workspace.floats("connector \(index)", rows * layer.outputs)
      unit.multiply([.init(layer: layer, input: states, output: output, outputStride: layer.outputs)], rows: rows)
      (states, width) = (output, layer.outputs)
    }
    return Array(UnsafeBufferPointer(start: states, count: tokens * width))
  }

  /// Features under the encoder's last norm where the connector wants them so, [patch, hidden].
  private func normed(_ features: [Float]) -> [Float] {
    guard let norm = model.connector.norm else { return features }
    let width = model.vision.hidden
    return [Float](unsafeUninitializedCapacity: features.count) { buffer, count in
      guard let out = buffer.baseAddress else { return }
      rb_layer_norm(
        features, norm.weight.pointer, norm.bias.pointer, out, Int64(features.count / width), Int64(width),
        model.vision.eps)
      count = features.count
    }
  }

  /// Features of several sites side by side: [token, width] each → [token, all widths].
  private func concatenate(_ features: [[Float]], into out: UnsafeMutablePointer<Float>) {
    var out = out
    for token in 0..<model.facts.grid.tokens {
      for values in features {
        let width = values.count / model.facts.grid.tokens
        for index in 0..<width { out[index] = values[token * width + index] }
        out += width
      }
    }
  }
}
