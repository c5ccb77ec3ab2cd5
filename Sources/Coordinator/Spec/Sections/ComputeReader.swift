import Catalog

/// Reads `compute`.
struct ComputeReader {
  private static let threadLimit = 1_024

  /// The arithmetic, and threads of a worker (nil for `auto`).
  func read(_ value: SpecValue?) -> (compute: Experiment.Compute, threads: Int?) {
    guard let mapping = value?.mapping(keys: ["dtype", "threads", "kernel"]) else {
      return (.init(kernel: .uniform), nil)
    }
    let types = Experiment.Compute.DType.allCases.map(\.rawValue)
    let dtype = mapping["dtype"]?.choice(types).flatMap { Experiment.Compute.DType(rawValue: $0) }
    let threads = mapping["threads"].flatMap {
      $0.isWord("auto") ? nil : $0.integer(in: 1...Self.threadLimit, or: "auto")
    }
    let names = Experiment.Compute.KernelPolicy.allCases.map(\.rawValue)
    let kernel = mapping["kernel"]?.choice(names).flatMap { Experiment.Compute.KernelPolicy(rawValue: $0) }
    return (.init(kernel: kernel ?? .uniform, dtype: dtype ?? .f32), threads)
  }
}
