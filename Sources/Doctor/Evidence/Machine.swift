import Compute
import Coordinator
import Foundation

/// What this machine and its packages are like.
public struct Machine: Sendable {
  /// The version of this program.
  public var build: String
  /// The kernel that OpenBLAS chose, or was told to take.
  public var kernel: String
  /// The x86-64 level of the CPU: 4 (AVX-512), 3 (AVX2 and FMA) or 1.
  public var level: Int
  /// How OpenBLAS was built.
  public var openBLAS: String
  /// The variables `OPENBLAS_…` of the environment.
  public var settings: [String: String]
  /// Processors that may be used.
  public var cores: Int
  /// Memory that may be used.
  public var memory: MemoryLimit
  /// Where the report's chart library lies; nil if it is missing.
  public var charts: String?

  /// This machine, as seen by the program `build`.
  public static func here(build: String, cores: Int, memory: MemoryLimit) -> Machine {
    let charts = ChartLibrary.debianPath
    return Machine(
      build: build, kernel: BLAS.kernel, level: Kernels.level,
      openBLAS: BLAS.configuration.trimmingCharacters(in: .whitespaces),
      settings: ProcessInfo.processInfo.environment.filter { $0.key.hasPrefix("OPENBLAS_") }, cores: cores,
      memory: memory, charts: FileManager.default.fileExists(atPath: charts) ? charts : nil)
  }
}
