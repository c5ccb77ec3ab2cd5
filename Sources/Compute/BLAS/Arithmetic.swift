import CKernels

/// What matrix products multiply in; sums, norms, softmax, attention and the residual stream are float32 always.
public enum Arithmetic: Hashable, Sendable {
  /// OpenBLAS' sgemm.
  case float32
  /// Weights and activations rounded to bfloat16, multiplied by the CPU's own instructions.
  case bfloat16(BFloat16Unit)
}

extension Arithmetic {
  /// bfloat16 on this CPU's best unit.
  public static func bestBFloat16() throws(ArithmeticError) -> Arithmetic {
    guard let unit = BFloat16Unit.best else { throw ArithmeticError() }
    return .bfloat16(unit)
  }
}

/// This machine has no instructions for products of bfloat16.
public struct ArithmeticError: Error, CustomStringConvertible {
  /// One sentence for people.
  public let description =
    "this machine's CPU has neither AMX nor AVX512-BF16, or its system does not offer them, so products of bfloat16 can't be"
    + " computed here"
}

/// The CPU's instructions for products of bfloat16. They round differently, so each is a kernel of its own.
public enum BFloat16Unit: Int32, Hashable, Sendable, CaseIterable {
  /// AVX512-BF16.
  case avx512 = 1
  /// AMX.
  case amx = 2

  /// The best one of this CPU; nil if it has none.
  public static let best = BFloat16Unit(rawValue: rb_bf16_unit())

  /// Whether this CPU and system have it.
  public var isAvailable: Bool { rb_bf16_has(rawValue) == 1 }

  /// `AVX512-BF16` or `AMX`.
  public var name: String { self == .amx ? "AMX" : "AVX512-BF16" }
}

/// Products of bfloat16, behind ``MatrixUnit``.
enum BFloat16 {
  /// How long rows of `count` numbers are where products read them.
  static func inner(_ count: Int) -> Int { (count + Int(RB_BF16_INNER) - 1) / Int(RB_BF16_INNER) * Int(RB_BF16_INNER) }

  /// How many floats hold `rows` packed rows of `columns` numbers.
  static func room(rows: Int, columns: Int) -> Int { (rows * inner(columns) + 1) / 2 }

  /// Packs rows `range`, whose bounds are multiples of 16, of [rows, columns] into their place in `packed`.
  static func pack(
    _ range: Range<Int>, of input: UnsafePointer<Float>, columns: Int, into packed: UnsafeMutablePointer<UInt16>
  ) {
    rb_bf16_pack(
      input + range.lowerBound * columns, packed + range.lowerBound * inner(columns), Int64(range.count), Int64(columns)
    )
  }
}

extension Tensor {
  /// Rows `range` of a [rows, columns] matrix as bfloat16, ``BFloat16/inner(_:)`` numbers a row: where they lie, or rounded
  /// and filled up with zeros in `scratch`, which has room for twice as many numbers.
  func bfloat16Panel(_ range: Range<Int>, columns: Int, scratch: FloatBuffer) -> UnsafePointer<UInt16> {
    let width = BFloat16.inner(columns)
    if dtype == .bf16, width == columns, Int(bitPattern: bytes) % MemoryLayout<UInt16>.alignment == 0 {
      return UnsafePointer(bytes.advanced(by: range.lowerBound * columns * 2).assumingMemoryBound(to: UInt16.self))
    }
    // One row at a time goes by way of float32, behind the panel.
    let row = scratch.pointer + (range.count * width + 1) / 2
    precondition((range.count * width + 1) / 2 + columns <= scratch.count)
    return scratch.pointer.withMemoryRebound(to: UInt16.self, capacity: range.count * width) { panel in
      for index in 0..<range.count {
        widen(from: (range.lowerBound + index) * columns, count: columns, into: row)
        rb_narrow_bf16(row, panel + index * width, Int64(columns))
        (panel + index * width + columns).update(repeating: 0, count: width - columns)
      }
      return UnsafePointer(panel)
    }
  }
}
