import CKernels
import Synchronization

/// Multiplies packed rows by weights, on the pool's threads and under the bit rule.
///
/// Rows are packed once for all products that read them. Work is cut into fixed panels of a weight's output columns; a panel is
/// widened or rounded, and packed, just before it is used, once for all rows.
final class MatrixUnit: Sendable {
  let pool: ThreadPool
  let arithmetic: Arithmetic
  /// Each thread's panel.
  private let scratch: [FloatBuffer]
  /// The packed rows of the product that is being computed.
  private let packed = Mutex(Packed(buffer: FloatBuffer(count: 0), expectedRows: 0))
  /// Floating-point operations of products so far (padding included), for rates.
  let operations = Atomic<Int>(0)

  /// Columns in a panel, at most.
  static let panelColumns = 256

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

  /// The fixed panels of a layer's columns, nearly equal and multiples of 16 but for the last.
  static func panels(_ columns: Int) -> [Range<Int>] {
    let count = max(1, (columns + panelColumns - 1) / panelColumns)
    let width = ((columns + count - 1) / count + 15) / 16 * 16
    return stride(from: 0, to: columns, by: width).map { $0..<min($0 + width, columns) }
  }

  /// Runs the jobs, which share one input of `rows` packed rows (a multiple of 48); in float32 where that is asked for, whatever
  /// the unit's arithmetic.
  func multiply(_ jobs: [Job], rows: Int, inFloat32: Bool = false) {
    guard rows > 0, let first = jobs.first else { return }
    let columns = first.layer.inputs
    precondition(jobs.allSatisfy { $0.input == first.input && $0.layer.inputs == columns })
    let arithmetic = inFloat32 ? .float32 : arithmetic
    let buffer = room { arithmetic.packedFloats(rows: max(rows, $0), columns: columns) }
    // UnsafePointers are not Sendable; the tasks write disjoint rows, then disjoint columns.
    nonisolated(unsafe) let input = first.input
    pool.run(rows / RowPacking.tile) { tile, _ in
      arithmetic.pack(
        tile * RowPacking.tile..<(tile + 1) * RowPacking.tile, of: input, columns: columns, into: buffer)
    }
    nonisolated(unsafe) let work = jobs.flatMap { job in Self.panels(job.layer.outputs).map { (job, $0) } }
    pool.run(work.count) { item, thread in
      let (job, panel) = work[item]
      arithmetic.multiply(
        job.layer.weight, panel, packed: buffer, rows: rows, scratch: self.scratch[thread],
        output: job.output + panel.lowerBound, stride: job.outputStride)
      self.operations.add(2 * rows * panel.count * columns, ordering: .relaxed)
      Self.addBias(of: job, panel, rows: rows)
    }
  }

  private struct Packed {
    var buffer: FloatBuffer
    var expectedRows: Int
  }

  /// The products that follow will have up to so many rows: the buffer of packed rows is made for them at once.
  func expect(rows: Int) { packed.withLock { $0.expectedRows = max($0.expectedRows, rows) } }

  /// Bytes held for packed rows now.
  var packedBytes: Int { packed.withLock { $0.buffer.count * MemoryLayout<Float>.stride } }

  /// The buffer of packed rows, with room for the floats that so many rows take as are expected.
  private func room(_ floats: (_ expectedRows: Int) -> Int) -> FloatBuffer {
    packed.withLock { packed in
      let count = floats(packed.expectedRows)
      if packed.buffer.count < count {
        packed.buffer = FloatBuffer(count: 0)
        packed.buffer = FloatBuffer(undefined: count)
      }
      return packed.buffer
    }
  }

  private static func addBias(of job: Job, _ panel: Range<Int>, rows: Int) {
    guard let bias = job.layer.bias else { return }
    for row in 0..<rows {
      rb_add_bias(
        job.output + panel.lowerBound + row * job.outputStride, bias.pointer + panel.lowerBound, 1, Int64(panel.count))
    }
  }
}

extension Arithmetic {
  /// Floats that `rows` packed rows take.
  func packedFloats(rows: Int, columns: Int) -> Int {
    switch self {
    case .float32: rows * columns
    case .bfloat16: BFloat16.room(rows: rows, columns: columns)
    }
  }

  /// Packs rows `range` of [rows, columns]; its bounds are multiples of 48.
  fileprivate func pack(_ range: Range<Int>, of input: UnsafePointer<Float>, columns: Int, into packed: FloatBuffer) {
    switch self {
    case .float32: Float32.pack(range, of: input, columns: columns, into: packed.pointer)
    case .bfloat16: BFloat16.pack(range, of: input, columns: columns, into: packed.halves)
    }
  }

  /// output[row, column] for the panel's columns of a weight, [outputs, inner], and all packed rows.
  fileprivate func multiply(
    _ weight: Tensor, _ panel: Range<Int>, packed: FloatBuffer, rows: Int, scratch: FloatBuffer,
    output: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let inner = weight.shape[1]
    switch self {
    case .float32:
      precondition(Float32.room(outputs: panel.count, inner: inner) <= scratch.count)
      weight.packFloat32(panel, columns: inner, into: scratch.pointer)
      rb_f32_multiply(
        scratch.pointer, Int64(panel.count), Int64(inner), packed.pointer, Int64(rows), output, Int64(stride))
    case .bfloat16(let unit):
      let width = Int64(BFloat16.inner(inner))
      rb_bf16_multiply(
        unit.rawValue, weight.bfloat16Panel(panel, columns: inner, scratch: scratch), width, Int64(panel.count), width,
        packed.halves, Int64(rows), output, Int64(stride))
    }
  }
}

extension FloatBuffer {
  /// The same memory as numbers of 16 bits.
  fileprivate var halves: UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(pointer).bindMemory(to: UInt16.self, capacity: 2 * count)
  }
}
