@testable import Compute

extension Arithmetic {
  /// Those that this CPU can compute in.
  static let here: [Arithmetic] = [.float32] + BFloat16Unit.allCases.filter(\.isAvailable).map { .bfloat16($0) }
}
