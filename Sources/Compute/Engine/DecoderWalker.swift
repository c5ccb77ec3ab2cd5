import Catalog

/// Walks sequences through a decoder: the baseline, and waves of forks.
struct DecoderWalker {
  let decoder: LanguageModel
  let unit: MatrixUnit
  let workspace: Workspace

  /// Walks the baseline from the LLM's input, [row, hidden], calling `read` with each layer's output.
  func walkBaseline(
    rows: Int, input: UnsafePointer<Float>, read: (_ layer: Int, DecoderStep.Output) -> Void
  ) -> BaselineTrace {
    let trace = BaselineTrace(rows: rows, model: decoder)
    trace.residuals[0].pointer.update(from: input, count: rows * decoder.hidden)
    let fork = Fork(filling: trace, model: decoder)
    let step = DecoderStep(model: decoder, unit: unit, workspace: workspace)
    for layer in 1...decoder.blocks.count {
      fork.cache = trace.caches[layer - 1]
      let output = step.run(layer: layer, forks: [fork], source: trace)
      trace.residuals[layer].pointer.update(from: fork.residual.pointer, count: fork.residual.count)
      read(layer, output)
    }
    return trace
  }

  /// A variant to be walked: its edit, and the last layer it is computed to.
  struct Request {
    let edit: EdgeEdit
    let lastLayer: Int
  }

  /// Walks one wave together, layer by layer; forks join at their windows and retire at their last layers.
  ///
  /// `read` gets each layer's output with the indices of the requests whose forks it holds, in the packing's order.
  func walk(
    _ wave: [Request], from trace: BaselineTrace,
    read: (_ layer: Int, _ requests: [Int], DecoderStep.Output, [Fork]) -> Void
  ) {
    guard let first = wave.map(\.edit.window.first).min(), let last = wave.map(\.lastLayer).max() else { return }
    // At most: every row of every fork changes.
    let most = RowPacking.whole(wave.count * trace.rows)
    workspace.expect(rows: most)
    unit.expect(rows: most)
    let step = DecoderStep(model: decoder, unit: unit, workspace: workspace)
    var active: [(request: Int, fork: Fork)] = []
    defer { workspace.retired += active.map { $0.fork.memory(rows: trace.rows) } }
    for layer in first...last {
      let retiring = active.filter { wave[$0.request].lastLayer < layer }
      workspace.retired += retiring.map { $0.fork.memory(rows: trace.rows) }
      active.removeAll { wave[$0.request].lastLayer < layer }
      for (index, request) in wave.enumerated() where request.edit.window.first == layer {
        let memory = workspace.retiredFork(rows: trace.rows)
        active.append((index, Fork(edit: request.edit, trace: trace, model: decoder, memory: memory)))
      }
      guard !active.isEmpty else { continue }
      let forks = active.map(\.fork)
      let output = step.run(layer: layer, forks: forks, source: trace)
      read(layer, active.map(\.request), output, forks)
    }
  }
}
