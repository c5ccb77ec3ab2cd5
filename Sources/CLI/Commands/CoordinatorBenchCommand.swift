import ArgumentParser
import Coordinator
import Foundation

/// `rebound bench coordinator`: what the coordination costs and can do here.
struct CoordinatorBenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coordinator",
    abstract: "Measure a real coordinator with made-up outcomes: rates, round trips, thousands of workers, recovery.")

  @Option(help: "The most workers that are connected at once.")
  var workers = 9_000

  @Option(help: "How often rates are measured; medians are shown.")
  var repeats = 3

  @Option(help: "A directory on the disk to measure (default: the system's for temporary files).")
  var directory: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (100...20_000).contains(workers) else { throw ValidationError("--workers is a number from 100 to 20000") }
    guard (1...100).contains(repeats) else { throw ValidationError("--repeats is a number from 1 to 100") }
  }

  /// What `--output json` prints.
  struct Summary: Encodable {
    let schema = 1
    let noOp: [CoordinatorBenchmark.Throughput]
    let realistic: [CoordinatorBenchmark.Throughput]
    let roundTrip: CoordinatorBenchmark.RoundTrip
    let recovery: CoordinatorBenchmark.Recovery
    let storm: Storm
    let crowd: Multitude.Figures
    let scaled: ScaledSweep.Figures
  }

  func run() async throws {
    try await reportingErrors {
      let place = directory ?? NSTemporaryDirectory()
      let scratch = "\(place)/rebound-bench-\(getpid())"
      try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: scratch) }
      let benchmark = CoordinatorBenchmark(in: scratch)
      let multitude = Multitude(in: scratch)
      var (noOp, realistic): ([CoordinatorBenchmark.Throughput], [CoordinatorBenchmark.Throughput]) = ([], [])
      for _ in 0..<repeats {
        noOp.append(
          try await benchmark.throughput(images: 1_000, variants: 99, tokens: 1, sites: 2, classes: 2, clients: 8))
        realistic.append(
          try await benchmark.throughput(images: 40, variants: 49, tokens: 600, sites: 33, classes: 150, clients: 8))
      }
      let summary = Summary(
        noOp: noOp, realistic: realistic, roundTrip: try await benchmark.roundTrip(),
        recovery: try await benchmark.recovery(trials: 1_000_000),
        storm: try await benchmark.storm(),
        crowd: try await multitude.measure(workers: workers, launch: Self.launch), scaled: try await Self.scaled())
      try output.answer(summary, text: Self.text(summary))
    }
  }

  private static func scaled() async throws -> ScaledSweep.Figures {
    try await withCheckedThrowingContinuation { continuation in
      Thread {
        var sweep = ScaledSweep(workers: 10_000, trials: 1_000_000)
        continuation.resume(with: Result { try sweep.run() })
      }.start()
    }
  }

  /// A process with so many workers; how to end it.
  private static func launch(_ access: String, first: Int, count: Int) throws -> @Sendable () -> Void {
    let process = Process.ourselves(["bench", "crowd", access, "\(first)", "\(count)"])
    try process.run()
    return {
      process.terminate()
      process.waitUntilExit()
    }
  }

  private static func text(_ summary: Summary) -> String {
    func rates(_ figures: [CoordinatorBenchmark.Throughput]) -> String {
      let sorted = figures.map(\.outcomesPerSecond).sorted()
      let bytes = figures.first.map { Double($0.bytes) / Double($0.outcomes) } ?? 0
      return String(
        format: "%.0f a second (%.0f to %.0f; %.0f bytes each)", sorted[sorted.count / 2], sorted.first ?? 0,
        sorted.last ?? 0, bytes)
    }
    func crowd(_ figures: Multitude.Figures) -> String {
      String(
        format: "all admitted in %.1f s; %.1f MB and %.0f %% of a core per 1,000", figures.admissionSeconds,
        figures.bytesPerThousand / 1e6, figures.coresPerThousand * 100)
    }
    return """
      outcomes, no-op         \(rates(summary.noOp))
      outcomes, 600 × 33      \(rates(summary.realistic))
      idle round trip         \(String(format: "heartbeat %.2f ms, lease %.2f ms, outcome to disk %.2f ms", summary.roundTrip.heartbeat, summary.roundTrip.lease, summary.roundTrip.outcome))
      start-up storm          \(summary.storm.workers) workers: \(String(format: "all admitted in %.1f s, %d fetches of %.0f MB in %.1f s, slowest heartbeat %.0f ms", summary.storm.admissionSeconds, summary.storm.fetches, Double(summary.storm.probeBytes) / 1e6, summary.storm.fetchSeconds, summary.storm.slowestHeartbeat))
      \("\(summary.crowd.workers) workers".padding(toLength: 24, withPad: " ", startingAt: 0))\(crowd(summary.crowd))
      recovery                \(summary.recovery.trials) finished trials in \(String(format: "%.2f s (committed in %.1f s)", summary.recovery.seconds, summary.recovery.commitSeconds))
      state machine alone     \(summary.scaled.workers) workers × \(summary.scaled.trials) trials: \(String(format: "%.1f s, %.0f events a second, %d deaths", summary.scaled.seconds, summary.scaled.eventsPerSecond, summary.scaled.deaths))
      """
  }
}

/// `rebound bench crowd`: workers that only beat, for `bench coordinator`.
struct CrowdCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "crowd", shouldDisplay: false)

  @Argument var access: String
  @Argument var first: Int
  @Argument var count: Int

  func run() async throws {
    try await reportingErrors {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        Thread { [access, first, count] in
          continuation.resume(with: Result { try Multitude.crowd(count, from: first, at: access) })
        }.start()
      }
    }
  }
}
