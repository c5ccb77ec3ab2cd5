import Logging
import Protocol

extension ServerLoop {
  /// Does what the state machine says. Commits and gaps wait for the next flush.
  func perform(_ directive: SweepState.Directive) throws {
    switch directive {
    case .welcome(let worker):
      try send(
        .welcome(
          ToWorker.Welcome(
            worker: worker, epoch: run.epoch, experiment: experiment, runDirectory: run.layout.root,
            heartbeatMilliseconds: UInt32(configuration.policy.heartbeat / .milliseconds(1)))), to: worker)
    case .send(let message, let worker):
      try send(message, to: worker)
    case .commit(let outcomes, let worker):
      for outcome in outcomes { writes.add(outcome, by: peers.name(of: worker)) }
    case .quarantine(let trial, let error):
      writes.add(gap: trial, error: error)
    case .recordDifference(let trial, let committed, let other, let worker):
      writes.add(.difference(trial, committed: committed, other: other, worker: peers.name(of: worker)))
    case .recordAudit(let trial):
      writes.add(.audit(trial))
    case .keep(let event):
      event.log(to: logger)
      writes.add(event, at: wallClock + now.elapsed.seconds, worker: peers.name(of: event.worker))
    case .recordKernel(let kernel):
      writes.add(.kernel(kernel))
    case .recordPause(let isPaused):
      writes.add(.pause(isPaused))
    case .forget:
      // Connections are forgotten at the next tick, so that what is on its way to them still leaves.
      break
    case .note(let note):
      note.log(to: logger)
      if case .stageOpened = note { CrashPoint.stageOpened.pass() }
    case .finish(let ending):
      self.ending = ending
    }
  }

  private func send(_ message: ToWorker, to worker: WorkerID) throws {
    guard let peer = peers.peer(of: worker) else { return }
    switch try router.send(message.encoded(), to: peer) {
    case .sent: return
    case .full: break
    case .unreachable: try feed(.disconnected(worker))
    }
    if case .lease(let lease) = message { try feed(.undelivered(lease.id)) }
  }
}

extension LeaseEvent {
  /// One line, for programs where it is of no news to people.
  func log(to logger: Logger) {
    var metadata: Logger.Metadata = [
      "lease": "\(lease.number)", "worker": "\(worker.number)", "stage": "\(stage)", "unit": "\(unit)",
      "variants": "\(variants.map(String.init).joined(separator: ","))", "attempt": "\(attempt)",
    ]
    if let reason { metadata["reason"] = "\(reason)" }
    logger.debug("trials \(kind.rawValue)", metadata: metadata)
  }
}

extension SweepState.Note {
  /// One line.
  func log(to logger: Logger) {
    switch self {
    case .joined(let worker, let hello):
      logger.info(
        "a worker joined",
        metadata: [
          "worker": "\(worker.number)", "host": "\(hello.host)", "pid": "\(hello.pid)", "kernel": "\(hello.kernel)",
          "threads": "\(hello.threads)",
        ])
    case .refused(let worker, let reason):
      logger.error("a worker was refused", metadata: ["worker": "\(worker.number)", "reason": "\(reason)"])
    case .left(let worker, let host):
      logger.info("a worker left", metadata: ["worker": "\(worker.number)", "host": "\(host)"])
    case .lost(let worker, let host, let trials):
      logger.warning(
        "a worker vanished; its trials return to the queue",
        metadata: ["worker": "\(worker.number)", "host": "\(host)", "trials": "\(trials)"])
    case .expired(let lease, let host, let trials):
      logger.warning(
        "a lease made no progress; its trials return to the queue",
        metadata: ["lease": "\(lease.number)", "host": "\(host)", "trials": "\(trials)"])
    case .failure(let host, let trials, let message):
      logger.warning(
        "trials failed", metadata: ["host": "\(host)", "trials": "\(trials)", "reason": "\(message)"])
    case .benched(let host, let duration, let message):
      logger.warning(
        "a host gets no work for a while",
        metadata: ["host": "\(host)", "seconds": "\(Int(duration.seconds))", "reason": "\(message)"])
    case .quarantined(let trial, let error):
      logger.error("a trial is given up", metadata: ["trial": "\(trial)", "reason": "\(error)"])
    case .nondeterminism(let trial):
      logger.error("two computations of a trial differ", metadata: ["trial": "\(trial)"])
    case .unaudited(let trial):
      logger.warning("a trial of the audit could not be computed again", metadata: ["trial": "\(trial)"])
    case .storage(.some(let obstacle)):
      logger.error("nothing can be kept, so no work is given out", metadata: ["reason": "\(obstacle)"])
    case .storage(nil):
      logger.notice("results can be kept again; the run goes on")
    case .foreignOutcomes(let count, let worker):
      logger.warning(
        "outcomes that don't belong to this run were dropped",
        metadata: ["worker": "\(worker.number)", "outcomes": "\(count)"])
    case .stageOpened(let stage, let open):
      logger.info("a stage begins", metadata: ["stage": "\(stage)", "trials": "\(open)"])
    case .closing(let ending):
      logger.info("closing", metadata: ["reason": "\(ending.reason)"])
    }
  }
}
