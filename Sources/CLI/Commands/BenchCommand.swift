import ArgumentParser
import Compute
import Foundation

/// `rebound bench`: what this machine can do.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure the engine, the probes or the coordination on this machine.",
    subcommands: [
      EngineBenchCommand.self, FitBenchCommand.self, CoordinatorBenchCommand.self, CrowdCommand.self,
    ],
    defaultSubcommand: EngineBenchCommand.self)
}

/// `rebound bench engine`: how fast the engine is here.
struct EngineBenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine", abstract: "Measure the engine's decoder walk on this machine, on a made-up model (d 1024).")

  @Option(help: "Threads (default: all cores).")
  var threads: Int?

  @OptionGroup var dtype: ArithmeticOptions

  @Option(help: "An image file: measures decoding and preprocessing as well.", completion: .file())
  var image: String?

  @OptionGroup var output: OutputOptions

  /// What `--output json` prints.
  struct Summary: Encodable {
    let schema = 1
    let walk: WalkBenchmark.Figures
    let preprocessing: PreprocessingBenchmark.Figures?
  }

  func run() async throws {
    try await reportingErrors {
      let threads = threads ?? Resources.cores
      let preprocessing = try image.map { try PreprocessingBenchmark(image: $0).run() }
      let arithmetic = try dtype.arithmetic()
      let walk = await withCheckedContinuation { continuation in
        Thread { continuation.resume(returning: WalkBenchmark(threads: threads, arithmetic: arithmetic).run()) }.start()
      }
      try output.answer(
        Summary(walk: walk, preprocessing: preprocessing),
        text: ([Self.text(walk)] + (preprocessing.map { [Self.text($0)] } ?? [])).joined(separator: "\n"))
    }
  }

  private static func text(_ figures: WalkBenchmark.Figures) -> String {
    """
    kernel                  \(figures.kernel), \(figures.threads) threads
    float32 peak, a thread  \(String(format: "%.0f GF/s", figures.peakRate))
    OpenBLAS sgemm          \(String(format: "%.0f GF/s on one thread", figures.sgemmRate))
    decoder walk            \(String(format: "%.0f GF/s, %.0f %% of peak × threads", figures.walkRate, figures.walkShare * 100))
    full forward            \(String(format: "%.3f s", figures.forwardSeconds))
    a variant               \(String(format: "%.3f s, %.2f of a forward (mean over all single-layer windows)", figures.variantSeconds, figures.variantShare))
    what it can't avoid     \(String(format: "%.1f GF, done at %.0f GF/s, %.0f %% of peak × threads", figures.variantOperations / 1e9, figures.variantRate, figures.variantPeakShare * 100))
    memory beside weights   \(String(format: "%.0f MB", Double(figures.privateBytes) / 1e6))
    """
  }

  private static func text(_ figures: PreprocessingBenchmark.Figures) -> String {
    let times = [figures.decodeMilliseconds, figures.resizeMilliseconds].map { String(format: "%.2f", $0) }
    return "preprocessing           \(times[0]) ms to decode, \(times[1]) ms to resize and normalise"
      + " (\(figures.width)×\(figures.height), one thread)"
  }
}
