import Catalog
import Foundation
import Protocol

/// Some workers that have got all leases of a sweep, with the frames that they will send.
struct Crowd: Sendable {
  let count: Int
  let sweep: SyntheticSweep
  let access: AccessFile
  let images: Int

  /// Gets all leases, makes all frames, and then, with the clock running, sends them and awaits all acknowledgements. One thread
  /// serves all workers.
  func deliver() throws -> CoordinatorBenchmark.Throughput {
    let context = try ZeroMQContext(sockets: 65_535)
    let workers = try (0..<count).map { try SyntheticWorker($0, of: sweep, at: access, in: context) }
    let share = UInt32(min(4_096, (images + count - 1) / count))
    for worker in workers { try worker.listen(credits: share) { $0.leases.count >= Int(share) || $0.isWelcome } }
    let deadline = ContinuousClock.now + .seconds(60)
    while workers.reduce(0, { $0 + $1.leases.count }) < images, ContinuousClock.now < deadline {
      for worker in workers { try worker.listen(credits: share) }
      usleep(1_000)
    }
    var frames: [[Data]] = []
    var (outcomes, bytes) = (0, 0)
    for worker in workers {
      let all = worker.takeLeases().flatMap { lease in lease.trials.map { sweep.outcome(of: $0, under: lease) } }
      frames.append(
        try stride(from: 0, to: all.count, by: 32).map {
          try ToCoordinator.outcomes(Array(all[$0..<min($0 + 32, all.count)])).encoded()
        })
      outcomes += all.count
    }
    bytes = frames.joined().reduce(0) { $0 + $1.count }
    let start = ContinuousClock.now
    for index in 0..<(frames.map(\.count).max() ?? 0) {
      for (worker, own) in zip(workers, frames) where index < own.count {
        try worker.send(frame: own[index])
        try worker.listen()
      }
    }
    while workers.reduce(0, { $0 + $1.acknowledged }) < outcomes {
      guard ContinuousClock.now < start + .seconds(120) else {
        throw RunFailure(description: "not all outcomes were acknowledged within two minutes")
      }
      for worker in workers { try worker.listen() }
      usleep(500)
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return .init(outcomes: outcomes, bytes: bytes, outcomesPerSecond: Double(outcomes) / seconds)
  }
}
