/// The kernels that a machine offers, as text: those of float32, and behind them the unit for bfloat16 where there is one.
public enum KernelText {
  private static let bfloat16 = ", bfloat16 "

  /// What a machine with these kernels offers.
  public static func offer(float32: String, bfloat16 unit: String?) -> String {
    float32 + (unit.map { bfloat16 + $0 } ?? "")
  }

  /// What decides numbers of this type on a machine with this offer; nil if it can't compute them.
  static func deciding(_ dtype: Experiment.Compute.DType, of offer: String) -> String? {
    let parts = offer.split(separator: bfloat16, maxSplits: 1)
    switch dtype {
    case .f32: return parts.first.map(String.init)
    case .bf16: return parts.count == 2 ? offer : nil
    }
  }
}

extension Experiment.Compute {
  /// The kernel that decides this experiment's numbers on a machine with this offer (``KernelText``); nil if the machine can't
  /// compute them.
  public func kernel(of offer: String) -> String? { KernelText.deciding(dtype, of: offer) }
}
