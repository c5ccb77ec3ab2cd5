import ArgumentParser
import Compute
import Coordinator
import Foundation

/// `rebound doctor`: what this machine has, and what would hold a sweep back.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check this machine: kernels, threads, memory, the report's chart library.")

  @OptionGroup var output: OutputOptions

  /// One thing that was looked at.
  struct Check: Encodable {
    let name: String
    let value: String
    /// What to do about it; nil if nothing.
    let advice: String?
  }

  /// What `--output json` prints.
  struct Summary: Encodable {
    let schema = 1
    let checks: [Check]
  }

  func run() async throws {
    try await reportingErrors {
      let checks = Self.checks()
      let text = checks.map { check in
        "\(check.advice == nil ? "ok" : "! ")  \(check.name): \(check.value)"
          + (check.advice.map { "\n      \($0)" } ?? "")
      }
      try output.answer(Summary(checks: checks), text: text.joined(separator: "\n"))
    }
  }

  private static func checks() -> [Check] {
    let environment = ProcessInfo.processInfo.environment
    let settings = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS"].compactMap { name in
      environment[name].map { "\(name)=\($0)" }
    }
    let isPthread = !BLAS.configuration.contains("USE_OPENMP")
    let charts = FileManager.default.fileExists(atPath: ChartLibrary.debianPath)
    return [
      Check(name: "rebound", value: Build.version, advice: nil),
      Check(name: "kernels", value: Engine.kernel, advice: nil),
      Check(
        name: "OpenBLAS settings", value: settings.isEmpty ? "none" : settings.joined(separator: " "),
        advice: settings.contains { $0.hasPrefix("OPENBLAS_CORETYPE") }
          ? "OPENBLAS_CORETYPE holds OpenBLAS to that kernel, which may be slower than this CPU's own" : nil),
      Check(
        name: "OpenBLAS build", value: BLAS.configuration.trimmingCharacters(in: .whitespaces),
        advice: isPthread ? nil : "install libopenblas-pthread-dev: the openmp build slows several threads down"),
      Check(name: "cores", value: "\(Resources.cores)", advice: nil),
      Check(name: "memory", value: "\(Resources.memory >> 20) MB", advice: nil),
      Check(
        name: "chart library", value: charts ? ChartLibrary.debianPath : "missing",
        advice: charts ? nil : "install libjs-chart.js: reports embed it"),
    ]
  }
}
