import Catalog
import Foundation
import Protocol

@testable import Coordinator

/// A state machine with a clock that a test moves, and a disk that commits at once unless told otherwise.
struct Desk {
  var state: SweepState
  var time: Duration = .zero
  var commitsAtOnce = true
  private(set) var directives: [SweepState.Directive] = []

  init(
    _ experiment: Experiment = SmallRun.experiment(), policy: SweepPolicy = SweepPolicy(),
    recovered: SweepState.Recovered = .init()
  ) {
    state = SweepState(
      experiment, epoch: Epoch(1), build: SmallRun.build,
      importedProbes: experiment.probes.method == .imported ? SmallRun.model : nil, policy: policy, recovered: recovered
    )
  }

  /// A desk at the sweep: probes are imported.
  static func sweeping(images: Int = 1, windows: Int = 4, policy: SweepPolicy = SweepPolicy()) -> Desk {
    Desk(SmallRun.experiment(images: images, windows: windows, method: .imported), policy: policy)
  }

  /// Feeds an event; what came of it, commits included.
  @discardableResult
  mutating func feed(_ event: SweepState.Event) -> [SweepState.Directive] {
    var new = state.handle(event, at: Instant(elapsed: time))
    if commitsAtOnce {
      for case .commit(let outcomes, _) in new {
        new += state.handle(.committed(outcomes.map(\.trial)), at: Instant(elapsed: time))
      }
    }
    directives += new
    return new
  }

  /// Lets time pass, a second at a time, while workers beat.
  mutating func wait(_ duration: Duration, beating: [UInt64] = []) {
    let end = time + duration
    while time < end {
      time += .seconds(1)
      for worker in beating { feed(.heartbeat(from: WorkerID(worker))) }
      feed(.tick)
    }
  }

  /// A worker introduces itself and is ready.
  mutating func join(_ worker: UInt64, host: String = "n1", credits: UInt32 = 1, kernel: String = SmallRun.kernel) {
    feed(.hello(SmallRun.hello(host: host, pid: UInt32(worker), kernel: kernel), from: WorkerID(worker)))
    feed(.ready(SmallRun.ready(credits: credits), from: WorkerID(worker)))
  }

  /// The latest lease that a worker was given.
  func lease(of worker: UInt64) -> Lease? {
    directives.reversed().lazy.compactMap { directive in
      if case .send(.lease(let lease), to: WorkerID(worker)) = directive { lease } else { nil }
    }.first
  }

  /// A worker returns trials of its latest lease, all if none are named, and asks for more.
  @discardableResult
  mutating func finish(_ worker: UInt64, _ variants: [UInt32]? = nil) throws -> [SweepState.Directive] {
    guard let lease = lease(of: worker) else { return [] }
    let outcomes = try lease.trials.filter { variants?.contains($0.variant) ?? true }.map {
      try EncodedOutcome(SmallRun.outcome(of: $0, under: lease))
    }
    let new = feed(.outcomes(outcomes, from: WorkerID(worker)))
    feed(.credits(1, from: WorkerID(worker)))
    return new
  }

  /// A worker says that trials of its latest lease can't be computed.
  mutating func fail(_ worker: UInt64, _ variants: [UInt32]? = nil, blame: ToCoordinator.Failure.Blame = .trials) {
    guard let lease = lease(of: worker) else { return }
    feed(
      .failed(
        .init(
          lease: lease.id, trials: lease.trials.filter { variants?.contains($0.variant) ?? true }, blame: blame,
          message: "it failed"), from: WorkerID(worker)))
    feed(.credits(1, from: WorkerID(worker)))
  }

  var quarantined: [TrialID] {
    directives.compactMap { if case .quarantine(let trial, _) = $0 { trial } else { nil } }
  }

  var ending: SweepState.Ending? {
    directives.compactMap { if case .finish(let ending) = $0 { ending } else { nil } }.last
  }
}
