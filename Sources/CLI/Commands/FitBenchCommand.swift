import ArgumentParser
import Compute
import Foundation

/// `rebound bench fit`: how fast probes are fitted here, and what a setting of OpenBLAS costs.
struct FitBenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Measure the fit of a probe on this machine, on made-up features.",
    discussion: """
      Probes are fitted by OpenBLAS, which reads OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE when a program starts. Where one is set,
      the fit is measured without it as well.
      """)

  @Option(help: "Threads (default: all cores).")
  var threads: Int?

  @Option(help: "Training images, of 64 tokens each.")
  var images = 150

  @Option(help: "Dimensions of a feature: the width of the model.")
  var width = 1024

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is a number from 1 to 1024") }
    guard (2...10_000).contains(images) else { throw ValidationError("--images is a number from 2 to 10000") }
    guard (1...16_384).contains(width) else { throw ValidationError("--width is a number from 1 to 16384") }
  }

  /// What `--output json` prints.
  struct Summary: Codable {
    var schema = 1
    let fit: ProbeBenchmark.Figures
    /// The settings of OpenBLAS in the environment that choose its kernel or its blocks.
    let settings: [String: String]
    /// The fit without them; absent where there are none.
    let unset: ProbeBenchmark.Figures?
  }

  func run() async throws {
    try await reportingErrors {
      let threads = threads ?? Resources.cores
      let benchmark = ProbeBenchmark(threads: threads, images: images, width: width)
      let arguments = ["--threads", "\(threads)", "--images", "\(images)", "--width", "\(width)"]
      let settings = ProcessInfo.processInfo.environment.filter { Self.variables.contains($0.key) }
      let summary = try await withCheckedThrowingContinuation { continuation in
        Thread {
          continuation.resume(
            with: Result {
              Summary(
                fit: try benchmark.run(), settings: settings,
                unset: settings.isEmpty ? nil : try Self.withoutSettings(arguments))
            })
        }.start()
      }
      try output.answer(summary, text: Self.text(summary))
    }
  }

  private static let variables: Set = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]

  /// The same in a process of its own: OpenBLAS has chosen its kernel before `main`.
  private static func withoutSettings(_ arguments: [String]) throws -> ProbeBenchmark.Figures {
    let process = Process.ourselves(["bench", "fit", "--output", "json"] + arguments)
    let answer = Pipe()
    process.environment = ProcessInfo.processInfo.environment.filter { !variables.contains($0.key) }
    process.standardOutput = answer
    try process.run()
    let data = answer.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw UsageError("the fit without \(variables.sorted().joined(separator: " and ")) ended without figures")
    }
    return try JSONDecoder().decode(Summary.self, from: data).fit
  }

  private static func text(_ summary: Summary) -> String {
    func line(_ title: String, _ figures: ProbeBenchmark.Figures) -> String {
      title.padding(toLength: 24, withPad: " ", startingAt: 0)
        + String(
          format: "%.2f s with OpenBLAS' %@ kernel, %d threads", figures.seconds, figures.kernel, figures.threads)
    }
    let fit = summary.fit
    var lines = [
      line("fit of a probe", fit),
      "                        \(fit.tokens) tokens of \(fit.width) dimensions, \(fit.classes) classes, "
        + "\(fit.candidates) values of l2, \(fit.iterations) iterations at the last",
    ]
    if let unset = summary.unset {
      let settings = summary.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)".printable }
      lines.append(line("… with nothing set", unset))
      lines.append(
        "\(settings.joined(separator: " ")): a fit takes \(String(format: "%.2f", fit.seconds / unset.seconds)) times as long as"
          + " without")
    }
    return lines.joined(separator: "\n")
  }
}
