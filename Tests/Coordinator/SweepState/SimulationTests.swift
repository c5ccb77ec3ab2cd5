import Foundation
import Testing

@testable import Coordinator

/// Set `REBOUND_SIMULATION_SEEDS` to play more schedules, and `REBOUND_SIMULATION_FIRST_SEED` to play others.
@Suite struct SimulationTests {
  static let seeds = ProcessInfo.processInfo.environment["REBOUND_SIMULATION_SEEDS"].flatMap { Int($0) } ?? 10_000
  static let first =
    ProcessInfo.processInfo.environment["REBOUND_SIMULATION_FIRST_SEED"].flatMap { UInt64($0) } ?? 0
  static let parts = 2

  @Test(arguments: 0..<SimulationTests.parts)
  func `every trial is committed once or rightly given up, under any schedule of faults`(part: Int) async throws {
    // A thread of its own: on the tests' it would starve those that wait for a clock.
    try await onThread { Self.play(part) }
  }

  private static func play(_ part: Int) {
    var outcome = (kills: 0, restarts: 0, gaps: 0, duplicates: 0)
    for index in stride(from: part, to: seeds, by: parts) {
      let seed = first + UInt64(index)
      var simulation = Simulation(seed: seed)
      simulation.play()
      outcome.kills += simulation.lastProcess
      outcome.restarts += Int(simulation.epoch.number) - 1
      outcome.gaps += simulation.gaps.count
      outcome.duplicates += simulation.state.counters.duplicates
      guard let violation = simulation.violations.first else { continue }
      var replay = Simulation(seed: seed, isLogging: true)
      replay.play()
      Issue.record(
        """
        seed \(seed): \(violation)
        replay with REBOUND_SIMULATION_SEEDS=1 REBOUND_SIMULATION_FIRST_SEED=\(seed)
        \((replay.log?.lines.filter { !$0.hasSuffix("tick") && !$0.contains("heartbeat") && !$0.contains("← credits") }.suffix(400) ?? []).joined(separator: "\n"))
        """)
      return
    }
    // The schedules must be bad enough to mean something.
    if seeds >= 100 {
      #expect(outcome.kills > 0 && outcome.restarts > 0 && outcome.gaps > 0 && outcome.duplicates > 0)
    }
  }
}
