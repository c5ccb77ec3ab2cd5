import Foundation
import Testing

@testable import Coordinator

/// Set `REBOUND_SIMULATION_SEEDS` to play more schedules, and `REBOUND_SIMULATION_FIRST_SEED` to play others.
@Suite struct SimulationTests {
  static let seeds = ProcessInfo.processInfo.environment["REBOUND_SIMULATION_SEEDS"].flatMap { Int($0) } ?? 10_000
  static let first =
    ProcessInfo.processInfo.environment["REBOUND_SIMULATION_FIRST_SEED"].flatMap { UInt64($0) } ?? 0
  static let parts = 2

  /// What a part of the schedules did, and the first one that went wrong.
  private struct Played {
    var kills = 0
    var restarts = 0
    var gaps = 0
    var duplicates = 0
    var failure: String?
  }

  @Test(arguments: 0..<SimulationTests.parts)
  func `every trial is committed once or rightly given up, under any schedule of faults`(part: Int) async throws {
    // A thread of its own: on the tests' it would starve those that wait for a clock.
    let played = try await onThread { Self.play(part) }
    if let failure = played.failure {
      Issue.record("\(failure)")
      return
    }
    // The schedules must be bad enough to mean something.
    if Self.seeds >= 100 {
      #expect(played.kills > 0 && played.restarts > 0 && played.gaps > 0 && played.duplicates > 0)
    }
  }

  private static func play(_ part: Int) -> Played {
    var played = Played()
    for index in stride(from: part, to: seeds, by: parts) {
      let seed = first + UInt64(index)
      var simulation = Simulation(seed: seed)
      simulation.play()
      played.kills += simulation.lastProcess
      played.restarts += Int(simulation.epoch.number) - 1
      played.gaps += simulation.gaps.count
      played.duplicates += simulation.state.counters.duplicates
      guard let violation = simulation.violations.first else { continue }
      var replay = Simulation(seed: seed, isLogging: true)
      replay.play()
      played.failure = """
        seed \(seed): \(violation)
        replay with REBOUND_SIMULATION_SEEDS=1 REBOUND_SIMULATION_FIRST_SEED=\(seed)
        \((replay.log?.lines.filter { !$0.hasSuffix("tick") && !$0.contains("heartbeat") && !$0.contains("← credits") }.suffix(400) ?? []).joined(separator: "\n"))
        """
      break
    }
    return played
  }
}
