import Catalog

/// Walks images through a model: once for the baseline, then waves of variants that fork from it.
///
/// An engine is used by one thread at a time; it works on the threads of its own pool. Results are the same to the bit
/// whatever the number of threads, the grouping of variants into waves, or their order.
public final class Engine {
  /// The model it walks.
  public let model: Model
  let unit: MatrixUnit
  let workspace = Workspace()

  /// An engine on `threads` threads (1 or more).
  public init(model: Model, threads: Int) {
    self.model = model
    unit = MatrixUnit(pool: ThreadPool(threads: threads), widest: model.widest)
  }

  /// The numeric kernels that run here; results are reproducible to the bit among engines with equal kernels.
  public static var kernel: String { "OpenBLAS \(BLAS.kernel), x86-64-v\(Kernels.level)" }

  /// Floating-point operations of matrix products so far, padding included.
  public var operations: Int { unit.operations.load(ordering: .relaxed) }

  /// Encoder and connector for one image; `pixels` is [3, side, side].
  func encode(pixels: [Float]) -> VisionPass.Result {
    VisionPass(model: model, unit: unit, workspace: workspace).run(pixels: pixels)
  }

  /// Walks the baseline of [prefix, image], calling `read` with each layer's output.
  ///
  /// `adapter` is [image token, hidden]. The trace holds what variants fork from.
  func walkBaseline(
    prefix: [Int], adapter: [Float], readers: [Linear], read: (_ layer: Int, DecoderStep.Output) -> Void
  ) -> BaselineTrace {
    let decoder = model.decoder
    let trace = BaselineTrace(rows: prefix.count + model.facts.grid.tokens, model: decoder)
    let input = trace.residuals[0].pointer
    for (row, id) in prefix.enumerated() {
      (input + row * decoder.hidden).update(from: decoder.embed(id), count: decoder.hidden)
    }
    (input + prefix.count * decoder.hidden).update(from: adapter, count: adapter.count)
    let fork = Fork(filling: trace, model: decoder)
    let step = DecoderStep(model: decoder, unit: unit, workspace: workspace, readers: readers)
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
    _ wave: [Request], from trace: BaselineTrace, readers: [Linear],
    read: (_ layer: Int, _ requests: [Int], DecoderStep.Output, [Fork]) -> Void
  ) {
    guard let first = wave.map(\.edit.window.first).min(), let last = wave.map(\.lastLayer).max() else { return }
    let step = DecoderStep(model: model.decoder, unit: unit, workspace: workspace, readers: readers)
    var active: [(request: Int, fork: Fork)] = []
    for layer in first...last {
      active.removeAll { wave[$0.request].lastLayer < layer }
      for (index, request) in wave.enumerated() where request.edit.window.first == layer {
        active.append((index, Fork(edit: request.edit, trace: trace, model: model.decoder)))
      }
      guard !active.isEmpty else { continue }
      let forks = active.map(\.fork)
      let output = step.run(layer: layer, forks: forks, source: trace)
      read(layer, active.map(\.request), output, forks)
    }
  }
}
