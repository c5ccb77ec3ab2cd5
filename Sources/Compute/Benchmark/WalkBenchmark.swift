import CKernels
import Catalog
import Foundation

/// Measures the engine's decoder walk on a made-up model: how close it comes to plain matrix products, and what a variant
/// costs against a full forward.
public struct WalkBenchmark {
  /// The shape of the made-up model. Weights are random; values do not matter to the time.
  public struct Shape: Sendable {
    /// Width of the residual stream.
    public let hidden: Int
    /// Decoder layers.
    public let layers: Int
    /// Width inside the MLP.
    public let intermediate: Int
    /// Query heads.
    public let heads: Int
    /// Tokens before the image.
    public let prefix: Int
    /// Image tokens in a row and in a column.
    public let side: Int

    /// The decoder of the comparison with PyTorch, with fewer layers: d 1024, 576 image tokens.
    public static let medium = Shape(hidden: 1024, layers: 8, intermediate: 2816, heads: 16, prefix: 35, side: 24)
  }

  /// What was measured; times are medians.
  public struct Figures: Sendable, Encodable {
    /// OpenBLAS' kernel and the level of our own.
    public let kernel: String
    /// Computing threads.
    public let threads: Int
    /// What one thread can do at most, measured by multiply-adds in registers: 10⁹ operations a second in float32.
    public let peakRate: Double
    /// Of one OpenBLAS sgemm on one thread, 10⁹ operations a second.
    public let sgemmRate: Double
    /// Of the baseline walk: operations that it cannot avoid, per second and 10⁹.
    public let walkRate: Double
    /// walkRate / (peakRate × threads).
    public let walkShare: Double
    /// Seconds of one baseline walk.
    public let forwardSeconds: Double
    /// Seconds per variant, mean over all single-layer windows.
    public let variantSeconds: Double
    /// variantSeconds / forwardSeconds.
    public let variantShare: Double
    /// Operations that a variant cannot avoid, mean over all single-layer windows: each layer once for each row that changes.
    public let variantOperations: Double
    /// variantOperations over variantSeconds, per second and 10⁹.
    public let variantRate: Double
    /// variantRate / (peakRate × threads).
    public let variantPeakShare: Double
    /// Bytes of this process that are not mapped from a file, the weights left out.
    public let privateBytes: Int
  }

  private let shape: Shape
  private let threads: Int
  private let arithmetic: Arithmetic
  private let repeats: Int

  /// A benchmark on `threads` threads that takes the median of `repeats` runs.
  public init(shape: Shape = .medium, threads: Int, arithmetic: Arithmetic = .float32, repeats: Int = 5) {
    self.shape = shape
    self.threads = threads
    self.arithmetic = arithmetic
    self.repeats = max(1, repeats)
  }

  /// Runs it; takes about a minute.
  public func run() -> Figures {
    let walker = walker()
    let decoder = walker.decoder
    let rows = shape.prefix + shape.side * shape.side
    var random = SeededGenerator(seed: 1)
    let input = FloatBuffer((0..<rows * shape.hidden).map { _ in Float(random.uniform() - 0.5) })

    var trace = walker.walkBaseline(rows: rows, input: input.pointer) { _, _ in }
    let product = Product(shape, weight: decoder.blocks[0].up)
    let (multiplying, forward) = Stopwatch.medians(of: repeats, product.run) {
      trace = walker.walkBaseline(rows: rows, input: input.pointer) { _, _ in }
    }
    let sgemm = product.operations / multiplying / 1e9
    let peak = Self.peakRate()
    let wave = requests(base: trace.base)
    let walk = Stopwatch.median(of: repeats) { walker.walk(wave, from: trace) { _, _, _, _ in } }
    let variants = walk / Double(wave.count)
    let rate = layer(rows, keys: rows, edges: rows * (rows + 1) / 2) * Double(shape.layers) / forward / 1e9
    let operations = wave.reduce(0) { $0 + unavoidable($1, rows: rows) } / Double(wave.count)
    return Figures(
      kernel: Engine.kernel(arithmetic), threads: threads, peakRate: peak, sgemmRate: sgemm, walkRate: rate,
      walkShare: rate / peak / Double(threads), forwardSeconds: forward, variantSeconds: variants,
      variantShare: variants / forward, variantOperations: operations, variantRate: operations / variants / 1e9,
      variantPeakShare: operations / variants / 1e9 / peak / Double(threads),
      privateBytes: max(0, Self.anonymousBytes - decoder.weightBytes))
  }

  /// Operations per second of a decoder's walk on one thread, measured on one made-up layer of this model's size, and the most
  /// that it could do in float32: what `rebound plan` reckons with. Takes seconds.
  public static func rates(
    of facts: ModelFacts, prompt: Prompt, arithmetic: Arithmetic
  ) -> (walk: Double, peak: Double) {
    let shape = Shape(
      hidden: facts.decoder.heads * facts.decoder.headSize, layers: 1, intermediate: facts.decoder.intermediate,
      heads: facts.decoder.heads, prefix: prompt.count, side: facts.grid.rows)
    let benchmark = WalkBenchmark(shape: shape, threads: 1, arithmetic: arithmetic, repeats: 3)
    let walker = benchmark.walker()
    let rows = shape.prefix + shape.side * shape.side
    let input = FloatBuffer(count: rows * shape.hidden)
    let seconds = Stopwatch.median(of: benchmark.repeats) {
      _ = walker.walkBaseline(rows: rows, input: input.pointer) { _, _ in }
    }
    return (benchmark.layer(rows, keys: rows, edges: rows * (rows + 1) / 2) / seconds, peakRate() * 1e9)
  }

  private func walker() -> DecoderWalker {
    DecoderWalker(
      decoder: .random(shape),
      unit: MatrixUnit(
        pool: ThreadPool(threads: threads), widest: max(shape.hidden, shape.intermediate), arithmetic: arithmetic),
      workspace: Workspace())
  }

  /// One knockout in every single-layer window: a quarter of the image may not see the rest.
  private func requests(base: BaseEdges) -> [DecoderWalker.Request] {
    var random = SeededGenerator(seed: 2)
    let image = Array(shape.prefix..<base.rows)
    let queries = Set(random.sample(image.count / 4, of: image))
    let edges = EdgeSet(
      keys: queries.sorted().map { query in (query, image.filter { $0 < query && !queries.contains($0) }) }
        .filter { !$0.1.isEmpty }, edit: .block)
    return (1...shape.layers).map {
      .init(
        edit: edges.edgeEdit(window: LayerWindow(first: $0, last: $0), heads: .all, base: base), lastLayer: shape.layers
      )
    }
  }

  /// One layer for so many rows, of which `keys` get new keys and values, with so many open edges.
  private func layer(_ rows: Int, keys: Int, edges: Int) -> Double {
    let (d, n) = (Double(shape.hidden), Double(shape.intermediate))
    return 2 * Double(rows) * (2 * d * d + 3 * d * n) + 2 * Double(keys) * 2 * d * d + 4 * d * Double(edges)
  }

  /// In the window the edited queries, behind it all rows from the first of them on, which see every row before them.
  private func unavoidable(_ request: DecoderWalker.Request, rows: Int) -> Double {
    let queries = request.edit.queries.rows
    guard let first = queries.first else { return 0 }
    let inside = layer(queries.count, keys: 0, edges: queries.reduce(0) { $0 + $1 + 1 })
    let behind = layer(rows - first, keys: rows - first, edges: (first..<rows).reduce(0) { $0 + $1 + 1 })
    return inside + Double(request.lastLayer - request.edit.window.last) * behind
  }

  /// What one thread does at most: operations in registers a second, in 10⁹.
  private static func peakRate() -> Double {
    let rounds = 1 << 22
    return 512 * Double(rounds) / Stopwatch.median(of: 5) { _ = rb_f32_peak(Int64(rounds)) } / 1e9
  }

  /// Resident memory of this process that no file backs.
  private static var anonymousBytes: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }
}

/// The reference of the walk's rate: a product of the MLP's size on one thread, as often as takes about as long as a walk's
/// layer.
private struct Product {
  private static let times = 8
  private let (rows, columns, inner): (Int, Int, Int)
  private let input: FloatBuffer
  private let output: FloatBuffer
  private let weight: UnsafePointer<Float>

  init(_ shape: WalkBenchmark.Shape, weight: Linear) {
    (rows, columns, inner) = (624, shape.intermediate, shape.hidden)
    input = FloatBuffer(count: rows * inner)
    output = FloatBuffer(count: rows * columns)
    self.weight = UnsafePointer(weight.weight.bytes.assumingMemoryBound(to: Float.self))
  }

  /// Of ``run()``.
  var operations: Double { 2 * Double(Self.times * rows * columns * inner) }

  func run() {
    for _ in 0..<Self.times {
      BLAS.multiply(
        rows: rows, columns: columns, inner: inner, input: input.pointer, inputStride: inner, weight: weight,
        weightStride: inner, output: output.pointer, outputStride: columns)
    }
  }
}

extension LanguageModel {
  /// A decoder of this shape with random weights in memory.
  fileprivate static func random(_ shape: WalkBenchmark.Shape) -> LanguageModel {
    var random = SeededGenerator(seed: 0)
    func linear(_ outputs: Int, _ inputs: Int) -> Linear {
      let scale = 1 / Float(inputs).squareRoot()
      let values = FloatBuffer(count: outputs * inputs)
      for index in 0..<values.count { values.pointer[index] = (Float(random.next() >> 40) * 0x1p-23 - 1) * scale }
      return Linear(values: values, outputs: outputs, inputs: inputs, bias: nil)
    }
    let d = shape.hidden
    let ones = FloatBuffer([Float](repeating: 1, count: d))
    let blocks = (0..<shape.layers).map { _ in
      Block(
        inputNorm: ones, query: linear(d, d), key: linear(d, d), value: linear(d, d), queryNorm: nil,
        keyNorm: nil, output: linear(d, d), mlpNorm: ones, gate: linear(shape.intermediate, d),
        up: linear(shape.intermediate, d),
        down: linear(d, shape.intermediate), attentionWindow: nil)
    }
    let headSize = d / shape.heads
    return LanguageModel(
      hidden: d, heads: shape.heads, keyValueHeads: shape.heads, headSize: headSize, intermediate: shape.intermediate,
      normEps: 1e-5, gate: .silu,
      rope: RotaryTable(
        facts: RopeFacts(theta: 10_000, scaling: .none), headSize: headSize,
        positions: shape.prefix + shape.side * shape.side), isCausal: true, blocks: blocks,
      embedding: Tensor(memory: ones, shape: [1, d]), embeddingScale: 1)
  }

  /// Bytes of the blocks' weights, in memory.
  fileprivate var weightBytes: Int {
    blocks.reduce(0) { total, block in
      [block.query, block.key, block.value, block.output, block.gate, block.up, block.down].reduce(total) {
        $0 + $1.weight.count * MemoryLayout<Float>.stride
      }
    }
  }
}
