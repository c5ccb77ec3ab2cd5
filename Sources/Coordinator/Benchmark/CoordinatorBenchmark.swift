import Catalog
import Foundation
import Protocol

/// What the coordination itself can do on this machine, with a real server, real sockets and a real disk. Clients run in the same
/// process, on the same cores.
public struct CoordinatorBenchmark: Sendable {
  let directory: String
  /// A file that stands for probes.
  private var probes: String { "\(directory)/probes" }

  /// Works in `directory`, which must be there.
  public init(in directory: String) { self.directory = directory }

  /// Outcomes that were committed, encrypted and acknowledged.
  public struct Throughput: Sendable, Encodable {
    /// How many.
    public let outcomes: Int
    /// Bytes of their frames together.
    public let bytes: Int
    /// Outcomes a second, from the first frame to the last acknowledgement.
    public let outcomesPerSecond: Double
  }

  /// `images` × `variants` outcomes from `clients` workers, 32 a frame as real workers send them, made up before the clock starts.
  public func throughput(images: Int, variants: Int, tokens: Int, sites: Int, classes: Int, clients: Int) async throws
    -> Throughput
  {
    let sweep = try prepare(images: images, variants: variants, tokens: tokens, sites: sites, classes: classes)
    let server = try await BenchServer(sweep, in: directory)
    let crowd = Crowd(count: clients, sweep: sweep, access: server.access, images: images)
    let result = try await onBenchThread { try crowd.deliver() }
    try await server.stop()
    return result
  }

  /// Median times, in milliseconds, while nothing else happens.
  public struct RoundTrip: Sendable, Encodable {
    /// A heartbeat and its answer.
    public let heartbeat: Double
    /// An outcome and its acknowledgement, which follows a commit to disk.
    public let outcome: Double
    /// Credits asked for and the lease that follows.
    public let lease: Double
  }

  /// Measures `count` round trips one after another.
  public func roundTrip(_ count: Int = 300) async throws -> RoundTrip {
    let sweep = try prepare(images: count + 2, variants: 1, tokens: 1, sites: 2, classes: 2)
    let server = try await BenchServer(sweep, in: directory)
    let access = server.access
    let result = try await onBenchThread { try Self.roundTrips(count, sweep, access) }
    try await server.stop()
    return result
  }

  private static func roundTrips(_ count: Int, _ sweep: SyntheticSweep, _ access: AccessFile) throws -> RoundTrip {
    let worker = try SyntheticWorker(0, of: sweep, at: access, in: try ZeroMQContext())
    try worker.listen(credits: 1) { !$0.leases.isEmpty }
    var (beats, outcomes, leases): ([Double], [Double], [Double]) = ([], [], [])
    func time(_ body: () throws -> Void) rethrows -> Double {
      let start = ContinuousClock.now
      try body()
      return (ContinuousClock.now - start) / .milliseconds(1)
    }
    for _ in 0..<count {
      let lease = worker.takeLeases()[0]
      let frame = try ToCoordinator.outcomes(lease.trials.map { sweep.outcome(of: $0, under: lease) }).encoded()
      let done = worker.acknowledged + lease.variants.count
      outcomes.append(
        try time {
          try worker.send(frame: frame)
          try worker.listen { $0.acknowledged >= done }
        })
      leases.append(
        try time {
          try worker.send(.credits(1))
          try worker.listen { !$0.leases.isEmpty }
        })
      beats.append(
        try time {
          try worker.send(.heartbeat)
          let heard = worker.heard
          try worker.listen { $0.heard > heard }
        })
    }
    return RoundTrip(heartbeat: beats.median, outcome: outcomes.median, lease: leases.median)
  }

  func prepare(
    images: Int, variants: Int, tokens: Int, sites: Int, classes: Int, probeBytes: Int = 6
  ) throws -> SyntheticSweep {
    try? FileManager.default.removeItem(atPath: "\(directory)/run")
    try AtomicFile.write(Data(repeating: 7, count: probeBytes), to: probes)
    return SyntheticSweep(
      images: images, variants: variants, tokens: tokens, sites: sites, classes: classes, probes: probes)
  }
}

/// Runs `body` on a thread of its own.
func onBenchThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    _ = DedicatedThread(name: "bench") { continuation.resume(with: Result { try body() }) }
  }
}

extension [Double] {
  var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}
