import CKernels
import Catalog

extension Activation {
  /// Applies the activation in place.
  func apply(_ x: UnsafeMutablePointer<Float>, count: Int) {
    switch self {
    case .quickGELU: rb_quick_gelu(x, Int64(count))
    case .gelu: rb_gelu(x, Int64(count))
    case .geluTanh: rb_gelu_tanh(x, Int64(count))
    case .silu: rb_silu(x, Int64(count))
    }
  }

  /// Activates the gate of one row of [gate, up], each `width` wide, and multiplies it by up; `out` is [width].
  func applyGate(_ gateUp: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, width: Int) {
    switch self {
    case .silu: rb_silu_gate(gateUp, out, 1, Int64(width))
    case .geluTanh: rb_gelu_tanh_gate(gateUp, out, 1, Int64(width))
    case .quickGELU, .gelu: preconditionFailure("no family has such a gate")
    }
  }
}
