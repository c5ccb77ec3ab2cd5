import Catalog
import Foundation
import Protocol

/// The state machine alone at a size that no test machine has: virtual workers in virtual time, some of which leave with what they
/// hold, and messages that come twice. Every trial must be committed exactly once. Heartbeats are left out.
public struct ScaledSweep {
  /// What it took.
  public struct Figures: Sendable, Encodable {
    /// Virtual workers.
    public let workers: Int
    /// Trials committed.
    public let trials: Int
    /// Events handled.
    public let events: Int
    /// Workers that died with what they held.
    public let deaths: Int
    /// Time for everything, in seconds.
    public let seconds: Double
    /// Events a second.
    public let eventsPerSecond: Double
    /// Of the process at its end.
    public let residentBytes: Int
  }

  private let sweep: SyntheticSweep
  private var state: SweepState
  private var generator = SeededGenerator(seed: 3)
  private var time = Duration.zero
  private var events = 0
  private var deaths = 0
  private var committed: Set<TrialID> = []
  /// What workers are at, by the tick behind which it will be done.
  private var agenda: [Int: [(worker: WorkerID, lease: Lease)]] = [:]
  private var tick = 0
  private var lastWorker: UInt64 = 0
  private static let digest = Digest(of: Data("payload".utf8))

  /// `trials` in leases of 20.
  public init(workers: Int, trials: Int) {
    sweep = SyntheticSweep(
      images: max(1, trials / 20), variants: 19, tokens: 1, sites: 2, classes: 2, probes: "/none")
    var policy = SweepPolicy()
    policy.heartbeat = .seconds(1_000_000)
    policy.silence = .seconds(10_000_000)
    state = SweepState(
      sweep.experiment, epoch: Epoch(1), build: SyntheticSweep.build, importedProbes: Self.digest, policy: policy)
    self.workers = workers
  }

  private let workers: Int

  /// Plays to the end; throws if a trial is committed twice, or one is missing.
  public mutating func run() throws -> Figures {
    let start = ContinuousClock.now
    for _ in 0..<workers { try join() }
    while state.phase == .running {
      tick += 1
      time = Self.tick * tick
      for (worker, lease) in agenda.removeValue(forKey: tick) ?? [] { try finish(lease, worker) }
      try feed(.tick)
      if tick > 10_000_000 { throw RunFailure(description: "the sweep stands still") }
    }
    guard committed.count == state[.sweep].count else { throw RunFailure(description: "trials are missing") }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return Figures(
      workers: workers, trials: committed.count, events: events, deaths: deaths, seconds: seconds,
      eventsPerSecond: Double(events) / seconds, residentBytes: ProcessCost.residentBytes)
  }

  private static let tick = Duration.milliseconds(250)

  private mutating func finish(_ lease: Lease, _ worker: WorkerID) throws {
    guard state.members[worker] != nil else { return }
    if generator.below(2_000) == 0 {
      deaths += 1
      try feed(.goodbye(from: worker))
      return try join()
    }
    let outcomes = lease.trials.map { trial in
      EncodedOutcome(
        trial: trial, lease: lease.id, epoch: lease.epoch, attempt: lease.attempt, inputs: lease.inputs, seconds: 1,
        payload: Data(), digest: Self.digest, artifact: nil)
    }
    try feed(.outcomes(outcomes, from: worker))
    if generator.below(50) == 0 { try feed(.outcomes(outcomes, from: worker)) }
    try feed(.progress(lease.id, from: worker))
    try feed(.credits(1, from: worker))
  }

  private mutating func join() throws {
    lastWorker += 1
    let worker = WorkerID(lastWorker)
    try feed(.hello(sweep.hello(Int(lastWorker)), from: worker))
    try feed(.ready(.init(model: sweep.experiment.model.identity, credits: 2), from: worker))
  }

  private mutating func feed(_ event: SweepState.Event) throws {
    events += 1
    for directive in state.handle(event, at: Instant(elapsed: time)) {
      switch directive {
      case .send(.lease(let lease), let worker):
        agenda[tick + 2 + generator.below(240), default: []].append((worker, lease))
      case .commit(let outcomes, _):
        for outcome in outcomes where !committed.insert(outcome.trial).inserted {
          throw RunFailure(description: "\(outcome.trial) was committed twice")
        }
        try feed(.committed(outcomes.map(\.trial)))
      case .quarantine(let trial, let error):
        throw RunFailure(description: "\(trial) was given up: \(error)")
      default: break
      }
    }
  }
}
