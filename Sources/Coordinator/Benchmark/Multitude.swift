import Foundation
import Protocol

/// Thousands of workers that are connected, beat, and get no work: what they cost a coordinator. They live in processes of their
/// own, so that this one's memory and time are the coordinator's.
public struct Multitude: Sendable {
  private let benchmark: CoordinatorBenchmark
  private let directory: String

  /// Works in `directory`, which must be there.
  public init(in directory: String) {
    self.directory = directory
    benchmark = CoordinatorBenchmark(in: directory)
  }

  /// What so many workers cost.
  public struct Figures: Sendable, Encodable {
    /// Connected sockets, each with its own CURVE session.
    public let workers: Int
    /// From the first process started until all workers were admitted, in seconds.
    public let admissionSeconds: Double
    /// Resident bytes of the coordinator beyond what it had without workers, per 1,000 workers.
    public let bytesPerThousand: Double
    /// Share of a core that the coordinator takes while they beat, per 1,000 workers.
    public let coresPerThousand: Double
  }

  /// Starts `workers` in processes of at most 3,000 through `launch` (access file, first number, count), which returns how to
  /// end the process.
  public func measure(
    workers: Int, launch: (String, Int, Int) throws -> @Sendable () -> Void
  ) async throws -> Figures {
    let sweep = try benchmark.prepare(images: 1, variants: 1, tokens: 1, sites: 2, classes: 2)
    let server = try await BenchServer(sweep, in: directory)
    let access = "\(directory)/crowd.json"
    try server.access.write(to: access)
    let before = ProcessCost.residentBytes
    let start = ContinuousClock.now
    var ends: [@Sendable () -> Void] = []
    defer { for end in ends { end() } }
    for first in stride(from: 0, to: workers, by: 3_000) {
      ends.append(try launch(access, first, min(3_000, workers - first)))
    }
    while server.workers < workers {
      guard ContinuousClock.now < start + .seconds(180) else {
        throw RunFailure(description: "only \(server.workers) of \(workers) workers were admitted in three minutes")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    let admission = (ContinuousClock.now - start) / .seconds(1)
    try await Task.sleep(for: .seconds(3))
    let (time, cpu) = (ContinuousClock.now, ProcessCost.cpuSeconds)
    try await Task.sleep(for: .seconds(10))
    let load = (ProcessCost.cpuSeconds - cpu) / ((ContinuousClock.now - time) / .seconds(1))
    let bytes = Double(ProcessCost.residentBytes - before)
    for end in ends { end() }
    ends.removeAll()
    try await server.stop()
    let thousands = Double(workers) / 1_000
    return Figures(
      workers: workers, admissionSeconds: admission, bytesPerThousand: bytes / thousands,
      coresPerThousand: load / thousands)
  }

  /// The other side: `count` workers that say hello and beat once a second until the process ends.
  public static func crowd(_ count: Int, from first: Int, at access: String) throws {
    let file = try AccessFile(path: access)
    let context = try ZeroMQContext(sockets: 65_535)
    let sweep = SyntheticSweep(images: 1, variants: 1, tokens: 1, sites: 2, classes: 2, probes: "/none")
    // All at once, as a batch system starts them.
    let workers = try (0..<count).map { try SyntheticWorker(first + $0, of: sweep, at: file, in: context) }
    var next = ContinuousClock.now
    while getppid() != 1 {
      for worker in workers { try worker.listen() }
      if ContinuousClock.now >= next {
        next = .now + .seconds(1)
        for worker in workers where worker.isWelcome { try worker.send(.heartbeat) }
      }
      usleep(20_000)
    }
  }
}
