import Catalog
import Protocol

extension SweepState {
  /// What the state machine wants done. Directives are performed in order.
  public enum Directive: Hashable, Sendable {
    /// Tell the worker that it is admitted.
    case welcome(WorkerID)
    /// Send a message.
    case send(ToWorker, to: WorkerID)
    /// Make these outcomes durable, then say ``Event/committed(_:)``.
    case commit([EncodedOutcome], from: WorkerID)
    /// Keep that a trial is missing, and why.
    case quarantine(TrialID, error: String)
    /// Keep that two computations of a trial differ.
    case recordDifference(TrialID, committed: Digest, other: Digest, from: WorkerID)
    /// Keep that a trial was computed again, and compared.
    case recordAudit(TrialID)
    /// Keep what befell trials; soon is enough.
    case keep(LeaseEvent)
    /// Keep the kernel that all workers of the run must have, before the next commit.
    case recordKernel(String)
    /// Keep that no work is given out, or that it is again.
    case recordPause(Bool)
    /// The worker is gone: its number is not used again.
    case forget(WorkerID)
    /// Something worth a line in the log.
    case note(Note)
    /// The end: nothing will be asked for any more.
    case finish(Ending)
  }

  /// How a run ends.
  public enum Ending: Hashable, Sendable {
    /// Every trial is committed or quarantined.
    case finished(missing: Int)
    /// It was told to stop; a later start continues.
    case stopped(reason: String)
    /// It can't go on: one sentence.
    case failed(String)
  }

  /// What the log should tell.
  public enum Note: Hashable, Sendable {
    /// A worker was admitted.
    case joined(WorkerID, ToCoordinator.Hello)
    /// A worker was sent away.
    case refused(WorkerID, reason: String)
    /// A worker left in order.
    case left(WorkerID, host: String)
    /// A worker vanished.
    case lost(WorkerID, host: String, trials: Int)
    /// A lease had no progress for too long.
    case expired(LeaseID, host: String, trials: Int)
    /// A worker couldn't compute trials.
    case failure(host: String, trials: Int, message: String)
    /// A host gets no lease for a while.
    case benched(host: String, Duration, message: String)
    /// A trial is given up.
    case quarantined(TrialID, error: String)
    /// Two computations of a trial differ.
    case nondeterminism(TrialID)
    /// A trial of the audit could not be computed again.
    case unaudited(TrialID)
    /// Nothing can be made durable, and why; nil once it can again.
    case storage(obstacle: String?)
    /// Outcomes that don't belong to this run, or this kernel, arrived.
    case foreignOutcomes(Int, from: WorkerID)
    /// A stage begins with so many trials left to do.
    case stageOpened(Stage, open: Int)
    /// The run ends, once the workers have left.
    case closing(Ending)
  }
}
