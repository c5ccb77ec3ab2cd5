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
  public init(model: Model, threads: Int, arithmetic: Arithmetic = .float32) {
    self.model = model
    unit = MatrixUnit(pool: ThreadPool(threads: threads), widest: model.widest, arithmetic: arithmetic)
  }

  /// The numeric kernels of an arithmetic here, those of the walk before the one that fits probes; results are reproducible to the bit among engines with equal kernels.
  public static func kernel(_ arithmetic: Arithmetic) -> String {
    let unit: BFloat16Unit? = if case .bfloat16(let unit) = arithmetic { unit } else { nil }
    return KernelText.offer(float32: "x86-64-v\(Kernels.level), OpenBLAS \(BLAS.kernel)", bfloat16: unit?.name)
  }

  /// The kernels that this machine offers, for all arithmetics.
  public static var kernels: String { kernel(BFloat16Unit.best.map { .bfloat16($0) } ?? .float32) }

  /// Floating-point operations of matrix products so far, padding included.
  public var operations: Int { unit.operations.load(ordering: .relaxed) }

  /// Encoder and connector for one image; `pixels` is [3, side, side].
  func encode(pixels: [Float]) throws(WalkError) -> VisionPass.Result {
    let vision = VisionPass(model: model, unit: unit, workspace: workspace).run(pixels: pixels)
    for (index, states) in vision.sites.enumerated() {
      try WalkError.check(states, count: states.count, at: .vision(index))
    }
    try WalkError.check(vision.adapter, count: vision.adapter.count, at: .adapter)
    return vision
  }

  /// Walks decoders on this engine's threads.
  var walker: DecoderWalker { DecoderWalker(decoder: model.decoder, unit: unit, workspace: workspace) }

  /// Walks the baseline of [prefix, image, suffix], calling `read` with each layer's output.
  ///
  /// `adapter` is [image token, hidden]. The trace holds what variants fork from.
  func walkBaseline(
    prompt: Prompt, adapter: [Float], read: (_ layer: Int, DecoderStep.Output) -> Void
  ) throws(WalkError) -> BaselineTrace {
    let decoder = model.decoder
    let input = FloatBuffer(prompt.prefix.flatMap(decoder.embed) + adapter + prompt.suffix.flatMap(decoder.embed))
    let trace = walker.walkBaseline(
      rows: prompt.count + model.facts.grid.tokens, input: input.pointer, read: read)
    for (layer, states) in trace.residuals.enumerated() {
      try WalkError.check(states.pointer, count: states.count, at: layer == 0 ? .adapter : .llm(layer))
    }
    return trace
  }
}
