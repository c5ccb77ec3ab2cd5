import CKernels
import Synchronization

/// Multiplies packed rows by weights, on the pool's threads and under the bit rule.
///
/// Work is cut into fixed panels of a weight's output columns: never along the inner dimension, and never depending on the
/// number of rows or threads. A 16-bit panel is widened just before it is used, once for all rows.
final class MatrixUnit: Sendable {
  let pool: ThreadPool
  let arithmetic: Arithmetic
  let scratch: [FloatBuffer]
  /// The packed input of the product that is being computed, in bfloat16.
  let packed = Mutex(FloatBuffer(count: 0))
  /// Floating-point operations of products so far (padding included), for rates.
  let operations = Atomic<Int>(0)

  /// Columns in a panel, at most.
  static let panelColumns = 768
  /// OpenBLAS hands products below 10⁶ multiplications to other kernels on some CPUs; ours are padded to stay above.
  static let leastMultiplications = 1 << 20
  /// OpenBLAS walks rows in pieces of its own (of about 100,000), whose ends need not fall between tiles; ours are shorter.
  static let mostRows = 128 * RowPacking.tile

  /// `widest` is the largest inner dimension of any weight.
  init(pool: ThreadPool, widest: Int, arithmetic: Arithmetic = .float32) {
    self.pool = pool
    self.arithmetic = arithmetic
    scratch = (0..<pool.threads).map { _ in FloatBuffer(count: Self.panelColumns * max(widest, 2 * Int(RB_BF16_INNER)))
    }
  }

  /// One product: output[row, :] = input[row, :] · weightᵀ + bias for all packed rows.
  struct Job {
    let layer: Linear
    let input: UnsafePointer<Float>  // [rows, inputs]
    let output: UnsafeMutablePointer<Float>  // [rows, stride]
    let outputStride: Int
  }

  /// How many rows a product of this layer must have at least; buffers are sized by ``paddedRows(_:for:)``.
  static func leastRows(_ layer: Linear) -> Int {
    let narrowest = max(1, panels(layer.outputs).map(\.count).min() ?? 1)
    let rows = (leastMultiplications + narrowest * layer.inputs - 1) / (narrowest * layer.inputs)
    return (rows + RowPacking.tile - 1) / RowPacking.tile * RowPacking.tile
  }

  /// The rows that buffers for this many packed rows need: inputs must be readable and outputs writable up to there.
  static func paddedRows(_ rows: Int, for layers: [Linear]) -> Int {
    layers.reduce(rows) { max($0, pieces(rows, of: $1).last?.upperBound ?? leastRows($1)) }
  }

  /// The rows of each product, for this many packed rows: neither too few for OpenBLAS nor too many.
  private static func pieces(_ rows: Int, of layer: Linear) -> [Range<Int>] {
    let least = leastRows(layer)
    let most = max(least, mostRows)
    return stride(from: 0, to: rows, by: most).map { $0..<$0 + max(least, min(most, rows - $0)) }
  }

  /// The fixed panels of a layer's columns, nearly equal and multiples of 16 but for the last.
  static func panels(_ columns: Int) -> [Range<Int>] {
    let count = max(1, (columns + panelColumns - 1) / panelColumns)
    let width = ((columns + count - 1) / count + 15) / 16 * 16
    return stride(from: 0, to: columns, by: width).map { $0..<min($0 + width, columns) }
  }

  /// Runs the jobs, which all have the same `rows` packed rows (a multiple of 48) as input; in float32 where that is asked for,
  /// whatever the unit's arithmetic.
  func multiply(_ jobs: [Job], rows: Int, inFloat32: Bool = false) {
    guard rows > 0 else { return }
    if case .bfloat16(let unit) = arithmetic, !inFloat32 { return multiply(jobs, rows: rows, on: unit) }
    let tasks = jobs.flatMap { job in Self.panels(job.layer.outputs).map { (job, $0) } }
    // UnsafePointers are not Sendable; the tasks write disjoint columns.
    nonisolated(unsafe) let work = tasks
    pool.run(tasks.count) { item, thread in
      let (job, panel) = work[item]
      let layer = job.layer
      let weight = layer.weight.panel(panel, columns: layer.inputs, scratch: self.scratch[thread])
      let output = job.output + panel.lowerBound
      for piece in Self.pieces(rows, of: layer) {
        BLAS.multiply(
          rows: piece.count, columns: panel.count, inner: layer.inputs,
          input: job.input + piece.lowerBound * layer.inputs, inputStride: layer.inputs, weight: weight,
          weightStride: layer.inputs, output: output + piece.lowerBound * job.outputStride,
          outputStride: job.outputStride)
        self.operations.add(2 * piece.count * panel.count * layer.inputs, ordering: .relaxed)
      }
      Self.addBias(of: job, panel, rows: rows)
    }
  }

  static func addBias(of job: Job, _ panel: Range<Int>, rows: Int) {
    guard let bias = job.layer.bias else { return }
    for row in 0..<rows {
      rb_add_bias(
        job.output + panel.lowerBound + row * job.outputStride, bias.pointer + panel.lowerBound, 1, Int64(panel.count))
    }
  }
}

extension Tensor {
  /// Rows `range` of a [rows, columns] matrix as float32: where they lie, or widened into `scratch`.
  func panel(_ range: Range<Int>, columns: Int, scratch: FloatBuffer) -> UnsafePointer<Float> {
    let start = range.lowerBound * columns
    let count = range.count * columns
    switch dtype {
    case .f32 where isAligned:
      return UnsafePointer(bytes.advanced(by: start * 4).assumingMemoryBound(to: Float.self))
    case .f32:
      UnsafeMutableRawPointer(scratch.pointer).copyMemory(from: bytes.advanced(by: start * 4), byteCount: count * 4)
    case .bf16, .f16:
      precondition(count <= scratch.count)
      widen(from: start, count: count, into: scratch.pointer)
    }
    return UnsafePointer(scratch.pointer)
  }
}
