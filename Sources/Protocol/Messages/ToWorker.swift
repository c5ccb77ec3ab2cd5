import Catalog
import Foundation

/// What the coordinator says to a worker, or to somebody who asked for the status.
public enum ToWorker: Hashable, Sendable {
  /// The answer to `hello`.
  case welcome(Welcome)
  /// The answer to a `hello` that cannot be accepted: one sentence that says why and what to do. The worker exits.
  case refused(String)
  /// Work.
  case lease(Lease)
  /// These trials are committed, or their outcomes don't belong to this run; the worker may forget them.
  case acknowledged([TrialID])
  /// Trials of a lease that the worker should drop unless they have started.
  case takeBack(LeaseID, [TrialID])
  /// A piece of an artifact that was asked for.
  case artifact(ArtifactPiece)
  /// Finish or hand back the current wave, say goodbye, exit 0.
  case drain(reason: String)
  /// The run's status as JSON (schema in docs/wire-protocol.md).
  case status(Data)
  /// The sender isn't known (the coordinator restarted, or gave up on it): say `hello` again.
  case unknownWorker
  /// The answer to a worker's heartbeat: the coordinator lives.
  case heartbeat

  /// What a worker needs to know of a run.
  public struct Welcome: Hashable, Sendable {
    /// The worker's number in this epoch.
    public let worker: WorkerID
    /// The coordinator's epoch.
    public let epoch: Epoch
    /// ``Experiment/canonicalJSON()``.
    public let experiment: Data
    /// Absolute path of the run directory, where features are written and read.
    public let runDirectory: String
    /// How often the worker must be heard, in milliseconds.
    public let heartbeatMilliseconds: UInt32

    /// Takes each property as it is.
    public init(
      worker: WorkerID, epoch: Epoch, experiment: Data, runDirectory: String, heartbeatMilliseconds: UInt32
    ) {
      self.worker = worker
      self.epoch = epoch
      self.experiment = experiment
      self.runDirectory = runDirectory
      self.heartbeatMilliseconds = heartbeatMilliseconds
    }
  }
}
