import CKernels

/// One decoder layer for the baseline or for all forks of a wave at once.
///
/// Follows `LlamaDecoderLayer` of Hugging Face transformers on packed rows; see docs/decisions/0002-bit-rule.md for why
/// a row's bits don't depend on the forks beside it.
struct DecoderStep {
  let model: LanguageModel
  let unit: MatrixUnit
  let workspace: Workspace

  /// The packed rows of a layer's output, valid until the next step.
  struct Output {
    let packing: RowPacking
    /// [packed row, hidden]
    let hidden: UnsafePointer<Float>
  }

  /// Walks `forks` through layer `layer` (counted from 1). Their `residual` and `changed` advance.
  ///
  /// `source` is the baseline that unchanged rows are read from; the baseline itself has no unchanged rows and passes
  /// the trace that it is filling.
  func run(layer: Int, forks: [Fork], source: BaselineTrace) -> Output {
    let block = model.blocks[layer - 1]
    let incoming = source.residuals[layer - 1]
    let affected = forks.map { affectedRows($0, layer: layer, base: source.base[layer]) }
    let packing = RowPacking(affected)
    let keyPacking = RowPacking(forks.map(\.changed))

    projectKeys(
      block, forks: forks, packing: keyPacking, incoming: incoming, cached: source.caches[layer - 1],
      rows: source.rows)
    let attended = attend(
      block, layer: layer, forks: forks, packing: packing, incoming: incoming, source: source)
    let hidden = finish(block, forks: forks, packing: packing, incoming: incoming, attended: attended)
    for (fork, rows) in zip(forks, affected) { fork.changed = rows }
    return Output(packing: packing, hidden: hidden)
  }

  /// changed ∪ queries with an edited edge ∪ rows with an open key in changed.
  private func affectedRows(_ fork: Fork, layer: Int, base: EdgeMask) -> RowSet {
    let mask = fork.edit?.mask(in: layer)
    let edit = mask == nil ? nil : fork.edit
    var affected = fork.changed
    if let edit { affected.formUnion(edit.queries) }
    guard !fork.changed.isEmpty else { return affected }
    let readsBase = edit.map { edit in (0..<model.heads).contains { !edit.heads.contains($0) } } ?? true
    for row in 0..<base.rows where !affected.contains(row) {
      if readsBase && fork.changed.intersects(base.row(row))
        || mask.map({ fork.changed.intersects($0.row(row)) }) == true
      {
        affected.insert(row)
      }
    }
    return affected
  }

  /// The row's residual stream before the layer.
  private func entering(_ row: RowPacking.Row, _ forks: [Fork], _ incoming: FloatBuffer) -> UnsafePointer<Float> {
    let fork = forks[Int(row.fork)]
    let position = Int(row.position)
    let buffer = fork.changed.contains(position) ? fork.residual : incoming
    return UnsafePointer(buffer.pointer + position * model.hidden)
  }

  /// Norms the packed rows into a workspace buffer; padding becomes zero.
  private func normed(
    _ name: String, _ packing: RowPacking, _ weight: FloatBuffer,
    _ row: (Int, RowPacking.Row) -> UnsafePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    let width = model.hidden
    nonisolated(unsafe) let out = workspace.floats(name, rows: packing.count, width)
    let eps = model.normEps
    unit.pool.run(packing.count / RowPacking.tile) { tile, _ in
      for index in tile * RowPacking.tile..<(tile + 1) * RowPacking.tile {
        if let entry = packing.rows[index] {
          rb_rms_norm(row(index, entry), weight.pointer, out + index * width, 1, Int64(width), eps)
        } else {
          (out + index * width).update(repeating: 0, count: width)
        }
      }
    }
    return out
  }

  /// Norms (where the family does) and rotates the packed rows' heads in place.
  private func rotate(_ packing: RowPacking, _ x: UnsafeMutablePointer<Float>, heads: Int, norm: FloatBuffer?) {
    nonisolated(unsafe) let x = x
    let rope = model.rope
    let width = heads * model.headSize
    eachLiveRow(packing) { index, row in
      if let norm {
        rb_rms_norm(
          x + index * width, norm.pointer, x + index * width, Int64(heads), Int64(model.headSize), model.normEps)
      }
      let angle = Int(row.position) * rope.half
      rb_rope(
        x + index * width, rope.cosine.pointer + angle, rope.sine.pointer + angle, Int64(heads),
        Int64(model.headSize))
    }
  }

  /// Computes keys and values of changed rows and completes each fork's cache from the baseline's.
  private func projectKeys(
    _ block: LanguageModel.Block, forks: [Fork], packing: RowPacking, incoming: FloatBuffer, cached: LayerCache,
    rows: Int
  ) {
    guard packing.count > 0 else { return }
    let width = model.keyWidth
    let input = normed("key input", packing, block.inputNorm) { entering($1, forks, incoming) }
    nonisolated(unsafe) let keys = workspace.floats("keys", rows: packing.count, width)
    nonisolated(unsafe) let values = workspace.floats("values", rows: packing.count, width)
    unit.multiply(
      [
        .init(layer: block.key, input: input, output: keys, outputStride: width),
        .init(layer: block.value, input: input, output: values, outputStride: width),
      ], rows: packing.count)
    rotate(packing, keys, heads: model.keyValueHeads, norm: block.keyNorm)
    let caches = forks.map(\.cache)
    let unchanged = forks.map { $0.changed.isEmpty ? nil : $0.changed.gaps(below: rows) }
    unit.pool.run(forks.count * model.keyValueHeads) { item, _ in
      let (fork, head) = item.quotientAndRemainder(dividingBy: model.keyValueHeads)
      guard let unchanged = unchanged[fork] else { return }
      caches[fork].copy(head: head, rows: unchanged, from: cached)
      caches[fork].scatter(head: head, places: packing.places[fork], keys: keys, values: values, width: width)
    }
  }

  /// Queries of the packed rows, and their attention: [packed row, query width].
  private func attend(
    _ block: LanguageModel.Block, layer: Int, forks: [Fork], packing: RowPacking, incoming: FloatBuffer,
    source: BaselineTrace
  ) -> UnsafeMutablePointer<Float> {
    let width = model.queryWidth
    let input = normed("query input", packing, block.inputNorm) { entering($1, forks, incoming) }
    nonisolated(unsafe) let queries = workspace.floats("queries", rows: packing.count, width)
    nonisolated(unsafe) let attended = workspace.floats("attended", rows: packing.count, width)
    unit.multiply([.init(layer: block.query, input: input, output: queries, outputStride: width)], rows: packing.count)
    rotate(packing, queries, heads: model.heads, norm: block.queryNorm)

    let group = model.heads / model.keyValueHeads
    let scale = 1 / Float(model.headSize).squareRoot()
    let base = source.base[layer]
    let scoreWidth = AttentionHead.scores(base)
    nonisolated(unsafe) let scores = workspace.floats("scores", unit.pool.threads * scoreWidth)
    let baseCache = source.caches[layer - 1]
    // A fork without changed rows reads the baseline's keys and values.
    let caches = forks.map { $0.changed.isEmpty ? baseCache : $0.cache }
    let masks = forks.map { $0.edit?.mask(in: layer) }
    let editedHeads = forks.map(\.edit?.heads)
    unit.pool.run(forks.count * model.heads) { item, thread in
      let (fork, head) = item.quotientAndRemainder(dividingBy: model.heads)
      let isEdited = editedHeads[fork]?.contains(head) == true
      let mask = isEdited ? masks[fork] ?? base : base
      AttentionHead(
        keys: caches[fork].keys(head: head / group), keyStride: caches[fork].keyStride,
        values: caches[fork].values(head: head / group), valueStride: caches[fork].valueStride,
        headSize: model.headSize,
        scale: scale, mask: mask
      ).run(
        places: packing.places[fork], queries: queries + head * model.headSize,
        outputs: attended + head * model.headSize, width: width, scores: scores + thread * scoreWidth)
    }
    return attended
  }

  /// Output projection, MLP and both residual additions; scatters the result to the forks.
  private func finish(
    _ block: LanguageModel.Block, forks: [Fork], packing: RowPacking, incoming: FloatBuffer,
    attended: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let width = model.hidden
    let inner = model.intermediate
    nonisolated(unsafe) let hidden = workspace.floats("hidden", rows: packing.count, width)
    nonisolated(unsafe) let gates = workspace.floats("gates", rows: packing.count, 2 * inner)
    nonisolated(unsafe) let activated = workspace.floats("activated", rows: packing.count, inner)
    nonisolated(unsafe) let update = workspace.floats("update", rows: packing.count, width)

    unit.multiply(
      [.init(layer: block.output, input: attended, output: hidden, outputStride: width)], rows: packing.count)
    eachLiveRow(packing) { index, row in
      rb_add(hidden + index * width, entering(row, forks, incoming), Int64(width))
    }
    let input = normed("query input", packing, block.mlpNorm) { index, _ in
      UnsafePointer(hidden + index * width)
    }
    unit.multiply(
      [
        .init(layer: block.gate, input: input, output: gates, outputStride: 2 * inner),
        .init(layer: block.up, input: input, output: gates + inner, outputStride: 2 * inner),
      ], rows: packing.count)
    eachLiveRow(packing) { index, _ in
      model.gate.applyGate(gates + index * 2 * inner, activated + index * inner, width: inner)
    }
    unit.multiply(
      [.init(layer: block.down, input: activated, output: update, outputStride: width)], rows: packing.count)
    nonisolated(unsafe) let residuals = forks.map(\.residual.pointer)
    eachLiveRow(packing) { index, row in
      rb_add(hidden + index * width, update + index * width, Int64(width))
      (residuals[Int(row.fork)] + Int(row.position) * width).update(from: hidden + index * width, count: width)
    }
    return UnsafePointer(hidden)
  }

  private func eachLiveRow(_ packing: RowPacking, _ body: (Int, RowPacking.Row) -> Void) {
    unit.pool.run(packing.count / RowPacking.tile) { tile, _ in
      for index in tile * RowPacking.tile..<(tile + 1) * RowPacking.tile {
        if let row = packing.rows[index] { body(index, row) }
      }
    }
  }
}
