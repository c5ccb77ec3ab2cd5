import Catalog
import Foundation
import Protocol

/// A thousand workers that start at once: all shake hands and introduce themselves, one a node fetches the probes, and one that was
/// there before beats all the while.
public struct Storm: Sendable, Encodable {
  /// How many started.
  public let workers: Int
  /// How many of them fetched the probes, and their bytes.
  public let fetches: Int
  /// Of one fetch.
  public let probeBytes: Int
  /// Until all are admitted, in seconds.
  public let admissionSeconds: Double
  /// Until all fetches are complete, in seconds.
  public let fetchSeconds: Double
  /// The longest that a heartbeat waited for its answer meanwhile, in milliseconds.
  public let slowestHeartbeat: Double

  private static let perNode = 8

  /// Plays the storm: all workers are in this process, on one thread, as is the coordinator on another.
  static func play(_ count: Int, _ sweep: SyntheticSweep, probes: Digest, at access: AccessFile) throws -> Storm {
    let context = try ZeroMQContext(sockets: 65_535)
    let first = try SyntheticWorker(count, of: sweep, at: access, in: context)
    try first.listen { $0.isWelcome }
    let start = ContinuousClock.now
    var (slowest, sent, heard): (Double, ContinuousClock.Instant?, Int) = (0, nil, first.heard)
    func beat() throws {
      try first.listen()
      if let moment = sent, first.heard > heard {
        slowest = max(slowest, (ContinuousClock.now - moment) / .milliseconds(1))
        sent = nil
      }
      guard sent == nil else { return }
      (sent, heard) = (.now, first.heard)
      try first.send(.heartbeat)
    }
    var workers: [SyntheticWorker] = []
    for number in 0..<count {
      let worker = try SyntheticWorker(number, of: sweep, at: access, in: context)
      if number % perNode == 0 { worker.wants = probes }
      workers.append(worker)
      try beat()
    }
    var admission: Double?
    while admission == nil || workers.contains(where: { $0.wants != nil }) {
      guard ContinuousClock.now < start + .seconds(300) else {
        throw RunFailure(description: "the storm did not pass within five minutes")
      }
      for worker in workers where !worker.isWelcome || worker.wants != nil { try worker.listen() }
      try beat()
      if admission == nil, workers.allSatisfy(\.isWelcome) { admission = (ContinuousClock.now - start) / .seconds(1) }
    }
    let fetchers = workers.count { $0.fetched > 0 }
    return Storm(
      workers: count, fetches: fetchers, probeBytes: workers.map(\.fetched).max() ?? 0,
      admissionSeconds: admission ?? 0,
      fetchSeconds: (ContinuousClock.now - start) / .seconds(1), slowestHeartbeat: slowest)
  }
}

extension CoordinatorBenchmark {
  /// `workers` that start at once, where the probes have `probeBytes`.
  public func storm(workers: Int = 1_000, probeBytes: Int = 16 << 20) async throws -> Storm {
    let sweep = try prepare(images: 1, variants: 1, tokens: 1, sites: 2, classes: 2, probeBytes: probeBytes)
    let probes = Digest(of: try Data(contentsOf: URL(fileURLWithPath: sweep.experiment.probes.file ?? "")))
    let server = try await BenchServer(sweep, in: directory)
    let access = server.access
    let result = try await onBenchThread { try Storm.play(workers, sweep, probes: probes, at: access) }
    try await server.stop()
    return result
  }
}
