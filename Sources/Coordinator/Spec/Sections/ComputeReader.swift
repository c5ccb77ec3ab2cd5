import Catalog

/// Reads `compute`.
struct ComputeReader {
  private static let threadLimit = 1_024

  /// The policy, and threads of a worker (nil for `auto`).
  func read(_ value: SpecValue?) -> (kernel: Experiment.Compute.KernelPolicy, threads: Int?) {
    guard let mapping = value?.mapping(keys: ["dtype", "threads", "kernel"]) else { return (.uniform, nil) }
    _ = mapping["dtype"]?.choice(["f32"], unsupported: ["bf16"])
    let threads = mapping["threads"].flatMap {
      $0.isWord("auto") ? nil : $0.integer(in: 1...Self.threadLimit, or: "auto")
    }
    let names = Experiment.Compute.KernelPolicy.allCases.map(\.rawValue)
    let kernel = mapping["kernel"]?.choice(names).flatMap { Experiment.Compute.KernelPolicy(rawValue: $0) }
    return (kernel ?? .uniform, threads)
  }
}
