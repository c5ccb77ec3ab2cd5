import CKernels
import Catalog
import Testing

@testable import Compute

/// Products of float32 against plain loops, to the bit.
struct Float32KernelTests {
  struct Shape: CustomTestStringConvertible {
    let rows: Int
    let outputs: Int
    let inner: Int
    var testDescription: String { "\(rows) × \(outputs) × \(inner)" }
  }

  /// Less than a strip, strips with and without a partner, ends of blocks of rows and of the inner dimension.
  static let shapes = [
    Shape(rows: 12, outputs: 1, inner: 1), Shape(rows: 24, outputs: 15, inner: 17),
    Shape(rows: 48, outputs: 16, inner: 16),
    Shape(rows: 12, outputs: 33, inner: 512), Shape(rows: 36, outputs: 47, inner: 513),
    Shape(rows: 48, outputs: 64, inner: 1_030), Shape(rows: 396, outputs: 21, inner: 40),
    Shape(rows: 780, outputs: 80, inner: 530),
  ]

  @Test(.enabled(if: Kernels.level >= 3, "needs fused multiply-add"), arguments: shapes)
  func `every output is one chain of fused multiply-adds in ascending order, to the bit`(shape: Shape) {
    let (rows, outputs, inner) = (shape.rows, shape.outputs, shape.inner)
    var generator = SeededGenerator(seed: 31, UInt64(rows), UInt64(inner))
    func values(_ count: Int) -> [Float] { (0..<count).map { _ in Float(2 * generator.uniform() - 1) } }
    let (x, weight) = (values(rows * inner), values(outputs * inner))
    let packed = FloatBuffer(count: rows * inner)
    let panel = FloatBuffer(count: Float32.room(outputs: outputs, inner: inner))
    // Wider than the outputs: what lies beside them stays as it was.
    let stride = outputs + 3
    let output = FloatBuffer([Float](repeating: 7, count: rows * stride))
    Float32.pack(0..<rows, of: x, columns: inner, into: packed.pointer)
    Tensor(memory: FloatBuffer(weight), shape: [outputs, inner])
      .packFloat32(0..<outputs, columns: inner, into: panel.pointer)
    rb_f32_multiply(
      panel.pointer, Int64(outputs), Int64(inner), packed.pointer, Int64(rows), output.pointer, Int64(stride))
    var odd = 0
    for row in 0..<rows {
      for column in 0..<stride {
        var expected: Float = column < outputs ? 0 : 7
        if column < outputs {
          for k in 0..<inner { expected.addProduct(x[row * inner + k], weight[column * inner + k]) }
        }
        if output.pointer[row * stride + column].bitPattern != expected.bitPattern { odd += 1 }
      }
    }
    #expect(odd == 0)
  }

  @Test(arguments: [Tensor.DType.bf16, .f16])
  func `weights of 16 bits are widened exactly as they are packed`(type: Tensor.DType) throws {
    let (outputs, inner) = (35, 83)
    var generator = SeededGenerator(seed: 32)
    // Finite ones, subnormal ones among them.
    let halves = (0..<outputs * inner).map { _ in UInt16(truncatingIfNeeded: generator.next()) & 0xbbff }
    let bits = FloatBuffer(count: (halves.count + 1) / 2)
    halves.withUnsafeBytes {
      UnsafeMutableRawPointer(bits.pointer).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
    }
    let wide = halves.map { half in
      switch type {
      case .bf16: Float(bitPattern: UInt32(half) << 16)
      default: Float(Float16(bitPattern: half))
      }
    }
    func packed(_ weight: UnsafeRawPointer, _ type: Int) -> [Float] {
      let out = FloatBuffer(count: Float32.room(outputs: 30, inner: inner))
      rb_f32_pack_weight(weight, Int32(type), 5, 30, Int64(inner), out.pointer)
      return out.array()
    }
    let found = packed(bits.pointer, type == .bf16 ? RB_BF16 : RB_F16)
    #expect(sameBits(found, packed(wide, RB_F32)))
    // Strip, inner, output of the strip.
    #expect(found[(inner + 40) * 16 + 3] == wide[(5 + 16 + 3) * inner + 40])
    #expect(found[(inner + 40) * 16 + 14] == 0, "the last strip is filled up with zeros")
  }
}
