import Coordinator

/// Which kernels compute here, and whether the CPU has faster ones.
struct KernelCheck: Check {
  /// x86-64 levels of OpenBLAS's kernels; 2 stands for AVX without AVX2, and kernels that are not listed are older.
  private static let levels = [
    "skylakex": 4, "cooperlake": 4, "sapphirerapids": 4, "haswell": 3, "zen": 3, "excavator": 3, "sandybridge": 2,
    "bulldozer": 2, "piledriver": 2, "steamroller": 2,
  ]
  private static let variable = "OPENBLAS_CORETYPE"

  func finding(_ evidence: Evidence) -> Finding? {
    let machine = evidence.machine
    let settings = machine.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)".printable }
    let value = (["OpenBLAS \(machine.kernel), x86-64-v\(machine.level)"] + settings).joined(separator: ", ")
    return Finding("kernels", value, advice: advice(machine).map { [$0] } ?? [])
  }

  private func advice(_ machine: Machine) -> String? {
    let level = Self.levels[machine.kernel.lowercased()] ?? 1
    guard level < machine.level else { return nil }
    let offered = machine.level == 4 ? "AVX-512" : "AVX2"
    guard let setting = machine.settings[Self.variable] else {
      let variable = "\(Self.variable)=\(machine.level == 4 ? "SkylakeX" : "Haswell")"
      return
        "OpenBLAS, which fits probes, chose its \(machine.kernel) kernel, which does not use this CPU's \(offered): a newer "
        + "OpenBLAS may know the CPU, and be faster; so is this one with \(variable), the same for all workers of a run"
    }
    return
      "\(Self.variable)=\(setting.printable) holds OpenBLAS, which fits probes, to its \(machine.kernel) kernel, though this "
      + "CPU has \(offered): unset it, unless other machines of the run have no newer kernel (`rebound bench fit` measures "
      + "what it costs)"
  }
}
