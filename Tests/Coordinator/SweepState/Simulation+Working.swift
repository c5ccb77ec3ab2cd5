import Catalog
import Protocol

@testable import Coordinator

/// What workers do.
extension Simulation {
  private static let nobody = WorkerID(0)

  /// Twice a second: hello or a heartbeat, and whatever is due.
  mutating func wake(_ process: Int) {
    guard var worker = workers[process] else { return }
    if let end = worker.leavesAt, time > end - 1_000 {
      // Its walltime is nearly over: it leaves in order, and the batch system starts another one.
      at(time + 500 + random.below(2_000), .spawn(host: worker.host))
      return leave(worker)
    }
    if worker.welcome != nil, time - worker.lastHeard > 3_000 { worker.welcome = nil }
    if worker.welcome == nil {
      var hello = SmallRun.hello(host: worker.host, pid: UInt32(process))
      hello.holds = worker.wave
      hello.secondsLeft = worker.leavesAt.map { UInt32(max(1, ($0 - time) / 1_000)) }
      send(.hello(hello, from: Self.nobody), from: process)
    } else {
      send(.heartbeat(from: Self.nobody), from: process)
      if worker.isReady, worker.leases.isEmpty, random.below(4) == 0 {
        send(.credits(1, from: Self.nobody), from: process)
      }
      if !worker.pending.isEmpty, time >= worker.resendAt {
        worker.resendAt = time + 2_000
        send(.outcomes(worker.pending.values.sorted { $0.trial < $1.trial }, from: Self.nobody), from: process)
      }
    }
    workers[process] = worker
    at(time + 400 + random.below(100), .timer(process: process))
  }

  mutating func deliver(_ message: ToWorker, to process: Int) {
    guard var worker = workers[process], !worker.isIsolated else { return }
    worker.lastHeard = time
    var isIdle = false
    switch message {
    case .welcome(let welcome):
      guard worker.welcome != welcome else { break }
      worker.attach(welcome)
      worker.isReady = true
      send(.ready(SmallRun.ready(credits: UInt32(1 + process % 2)), from: Self.nobody), from: process)
    case .unknownWorker:
      worker.welcome = nil
    case .lease(let lease):
      guard worker.welcome?.epoch == lease.epoch, worker.open[lease.id] == nil else { break }
      worker.leases.append(lease)
      worker.open[lease.id] = lease.variants
      isIdle = worker.wave.isEmpty
    case .acknowledged(let trials):
      for trial in trials { worker.pending[trial] = nil }
    case .takeBack(let id, let trials):
      guard let lease = worker.leases.first(where: { $0.id == id }) else { break }
      let dropped = trials.filter { lease.trials.contains($0) && !worker.wave.contains($0) }
      for trial in dropped { worker.finish(id, trial.variant) }
      if !dropped.isEmpty { send(.handBack(id, dropped, from: Self.nobody), from: process) }
    case .drain:
      worker.isDraining = true
      if worker.wave.isEmpty { return leave(worker) }
    default: break
    }
    workers[process] = worker
    if isIdle { beginWave(process) }
  }

  private mutating func leave(_ worker: SimulatedWorker) {
    send(.goodbye(from: Self.nobody), from: worker.process, matters: true)
    workers[worker.process] = nil
  }

  private mutating func beginWave(_ process: Int) {
    guard var worker = workers[process], let lease = worker.leases.first, let open = worker.open[lease.id] else {
      return
    }
    let size = min(Int(lease.waveLimit), 1 + random.below(4))
    worker.wave = open.prefix(size).map { TrialID(stage: lease.stage, unit: lease.unit, variant: $0) }
    workers[process] = worker
    at(time + 50 + random.below(800), .waveDone(process: process, session: worker.session))
  }

  /// The wave ends: with results, in a crash, or with an error.
  mutating func finishWave(_ process: Int, _ session: Int) {
    guard var worker = workers[process], worker.session == session, !worker.wave.isEmpty,
      let lease = worker.leases.first
    else { return }
    // Every wave of an image begins with its baseline.
    let baseline = TrialID(stage: .sweep, unit: lease.unit)
    let touched = worker.wave + (lease.stage == .sweep ? [baseline] : [])
    let poisons = touched.compactMap { poison[$0] }
    if poisons.contains(where: { $0 == .crashes }) { return kill(process) }
    defer {
      if workers[process] != nil { beginWave(process) }
    }
    if poisons.contains(where: { $0 == .fails }) || random.below(60) == 0 {
      let blame: ToCoordinator.Failure.Blame = poisons.isEmpty ? .host : .trials
      send(
        .failed(.init(lease: lease.id, trials: worker.wave, blame: blame, message: "it failed"), from: Self.nobody),
        from: process, matters: true)
    } else {
      let outcomes = worker.wave.compactMap { trial in
        results[trial].map {
          EncodedOutcome(
            trial: trial, lease: lease.id, epoch: lease.epoch, attempt: lease.attempt, inputs: lease.inputs, seconds: 1,
            payload: $0.payload, digest: $0.digest, artifact: $0.artifact)
        }
      }
      for outcome in outcomes { worker.pending[outcome.trial] = outcome }
      send(.outcomes(outcomes, from: Self.nobody), from: process)
      send(.progress(lease.id, from: Self.nobody), from: process)
    }
    for trial in worker.wave { worker.finish(lease.id, trial.variant) }
    worker.wave.removeAll()
    if worker.open[lease.id] == nil { send(.credits(1, from: Self.nobody), from: process) }
    workers[process] = worker
    if worker.isDraining { leave(worker) }
  }
}
