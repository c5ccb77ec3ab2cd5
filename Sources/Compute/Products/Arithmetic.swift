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
