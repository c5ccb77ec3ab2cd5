import Catalog
import Protocol

@testable import Coordinator

extension Simulation {
  mutating func perform(_ action: Action) {
    switch action {
    case .toCoordinator(let event, let process): hear(event, from: process)
    case .toWorker(let message, let process): deliver(message, to: process)
    case .timer(let process): wake(process)
    case .waveDone(let process, let session): finishWave(process, session)
    case .durable(let outcomes, let epoch):
      write(outcomes)
      if epoch == self.epoch { feed(.committed(outcomes.map(\.trial))) }
    case .tick:
      feed(.tick)
      at(time + 250, .tick)
    case .kill(let process): kill(process)
    case .isolate(let process, let isIsolated):
      note("process \(process) is \(isIsolated ? "cut off" : "back")")
      workers[process]?.isIsolated = isIsolated
    case .spawn(let host):
      lastProcess += 1
      workers[lastProcess] = SimulatedWorker(process: lastProcess, host: host)
      if random.below(8) == 0 { workers[lastProcess]?.leavesAt = time + 2_000 + random.below(30_000) }
      note("process \(lastProcess) starts on \(host)")
      at(time, .timer(process: lastProcess))
      planAccident(of: lastProcess)
    case .restart: restart()
    case .control(let command): feed(.control(command))
    case .disk(let isFull): fill(isFull)
    }
  }

  /// The disk takes nothing more, or does again. What is on its way to it gets there.
  private mutating func fill(_ isFull: Bool) {
    guard isFull != isDiskFull else { return }
    isDiskFull = isFull
    if !isFull, !waiting.isEmpty {
      at(time + 1, .durable(waiting, epoch: epoch))
      waiting = []
    }
    feed(.storage(obstacle: isFull ? "the disk is full" : nil))
  }

  private mutating func write(_ outcomes: [EncodedOutcome]) {
    for outcome in outcomes {
      if disk[outcome.trial] != nil { violations.append("\(outcome.trial) was committed twice") }
      disk[outcome.trial] = outcome
      gaps[outcome.trial] = nil
    }
  }

  /// Perhaps the process will be killed or cut off, while that still can't be mistaken for a bad trial.
  private mutating func planAccident(of process: Int) {
    guard accidents > 0 else { return }
    switch random.below(4) {
    case 0:
      accidents -= 1
      at(time + 500 + random.below(10_000), .kill(process: process))
    case 1:
      accidents -= 1
      let start = time + 500 + random.below(10_000)
      at(start, .isolate(process: process, isIsolated: true))
      at(start + 500 + random.below(8_000), .isolate(process: process, isIsolated: false))
    default: break
    }
  }

  mutating func kill(_ process: Int) {
    guard let worker = workers.removeValue(forKey: process) else { return }
    note("process \(process) dies")
    at(time + 500 + random.below(2_000), .spawn(host: worker.host))
  }

  /// The coordinator is killed; what was on its way to the disk may arrive or not. Another one starts.
  private mutating func restart() {
    note("the coordinator is killed")
    let onTheWay = agenda.compactMap { if case .durable(let outcomes, _) = $0.action { outcomes } else { nil } }
    agenda.removeAll { if case .durable = $0.action { true } else { false } }
    for outcomes in onTheWay where random.below(2) == 0 { write(outcomes) }
    epoch = Epoch(epoch.number + 1)
    (numbers, processes, told) = ([:], [:], [:])
    isDiskFull = false
    waiting = []
    state = Self.start(experiment, epoch: epoch, audit: audit, recovered)
    feed(.tick)
    // Workers that were told to leave have left.
    at(time + 500, .spawn(host: "n0"))
  }

  // MARK: The network

  /// Sends an event of a worker to the coordinator; `matters` is true where losing it looks like a crash.
  mutating func send(_ event: SweepState.Event, from process: Int, matters: Bool = false) {
    let copies = copies(matters: matters, isIsolated: workers[process]?.isIsolated == true)
    for _ in 0..<copies { at(time + 1 + random.below(delay), .toCoordinator(event, process: process)) }
  }

  private mutating func send(_ message: ToWorker, to process: Int) {
    var matters = false
    if case .lease = message { matters = true }
    let copies = copies(matters: matters, isIsolated: workers[process]?.isIsolated == true)
    for _ in 0..<copies { at(time + 1 + random.below(delay), .toWorker(message, process: process)) }
  }

  private mutating func copies(matters: Bool, isIsolated: Bool) -> Int {
    if isIsolated { return 0 }
    if random.uniform() < loss {
      guard matters else { return 0 }
      if accidents > 0 {
        accidents -= 1
        return 0
      }
    }
    return random.uniform() < repetition ? 2 : 1
  }

  private mutating func hear(_ event: SweepState.Event, from process: Int) {
    switch event {
    case .hello(let hello, _):
      if let former = numbers[process] { feed(.goodbye(from: former)) }
      lastNumber += 1
      let number = WorkerID(lastNumber)
      numbers[process] = number
      processes[number] = process
      feed(.hello(hello, from: number))
    case .outcomes where isDiskFull: break
    default:
      if numbers[process] == nil {
        lastNumber += 1
        numbers[process] = WorkerID(lastNumber)
        processes[WorkerID(lastNumber)] = process
      }
      if let number = numbers[process] { feed(event.from(number)) }
    }
  }

  // MARK: The coordinator

  mutating func feed(_ event: SweepState.Event) {
    note("← \(event.brief)")
    let directives = state.handle(event, at: Instant(elapsed: .milliseconds(time)))
    violations += state.contradictions
    for directive in directives { perform(directive) }
  }

  private mutating func perform(_ directive: SweepState.Directive) {
    switch directive {
    case .welcome(let worker):
      let welcome = ToWorker.Welcome(
        worker: worker, epoch: epoch, experiment: .init(), runDirectory: "/run", heartbeatMilliseconds: 500)
      if let process = processes[worker] { send(.welcome(welcome), to: process) }
    case .send(let message, let worker):
      note("→ \(worker.number) \(message.brief)")
      check(message)
      guard let process = processes[worker] else { return }
      if workers[process] == nil, random.below(2) == 0 { return feed(.disconnected(worker)) }
      send(message, to: process)
    case .commit(let outcomes, _) where isDiskFull: waiting += outcomes
    case .recordAudit(let trial):
      if disk[trial] == nil { violations.append("\(trial) was audited before it was durable") }
      audited.insert(trial)
    case .note(.unaudited(let trial)): unaudited.insert(trial)
    case .commit(let outcomes, _):
      at(time + 1 + random.below(30), .durable(outcomes, epoch: epoch))
    case .quarantine(let trial, let error):
      gaps[trial] = error
      if !isGuilty(trial) { violations.append("\(trial) is innocent, and was quarantined: \(error)") }
      if disk[trial] != nil { violations.append("\(trial) was quarantined after it was committed") }
    case .recordKernel(let kernel): self.kernel = kernel
    case .keep(let event): check(event)
    case .recordPause(let isPaused): self.isPaused = isPaused
    case .recordDifference(let trial, _, _, _): violations.append("two outcomes of \(trial) differ")
    case .note(let line): note("\(line)")
    case .finish(.stopped):
      // The same command continues.
      if !disk.keys.allSatisfy({ state[$0.stage].contains($0) }) { violations.append("a strange trial was committed") }
      at(time, .restart)
    case .finish(let ending): self.ending = ending
    case .forget: break
    }
  }

  /// A story tells of no trial that its lease was not given, or has lost before.
  private mutating func check(_ event: LeaseEvent) {
    let variants = Set(event.variants)
    if event.kind == .given {
      told[event.lease] = variants
    } else if variants.isEmpty || told[event.lease]?.isSuperset(of: variants) != true {
      violations.append("lease \(event.lease.number) \(event.kind) trials that it didn't hold: \(event.variants)")
    } else {
      told[event.lease]?.subtract(variants)
    }
  }

  private mutating func check(_ message: ToWorker) {
    switch message {
    case .acknowledged(let trials):
      // An outcome of a stage that isn't open any more, because a shard got another chance, is dropped.
      for trial in trials where disk[trial] == nil && gaps[trial] == nil && trial.stage <= state.stage {
        violations.append("\(trial) was acknowledged before it was durable")
      }
    case .lease(let lease):
      if isDiskFull { violations.append("work was given out while nothing could be kept") }
      if isPaused { violations.append("a paused run gave work out") }
      for trial in lease.trials where disk[trial] != nil && state.leases[lease.id]?.isAudit == false {
        violations.append("\(trial) was given out again")
      }
      if lease.variants.count > Int(lease.waveLimit) {
        violations.append("a lease of \(lease.variants.count) trials exceeds its limit \(lease.waveLimit)")
      }
    case .refused(let reason): violations.append("a worker was refused: \(reason)")
    default: break
    }
  }
}
