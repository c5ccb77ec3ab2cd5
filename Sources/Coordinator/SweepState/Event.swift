import Catalog
import Protocol

extension SweepState {
  /// What the state machine is told.
  public enum Event: Hashable, Sendable {
    /// A process introduces itself.
    case hello(ToCoordinator.Hello, from: WorkerID)
    /// A worker has loaded the model.
    case ready(ToCoordinator.Ready, from: WorkerID)
    /// A worker can hold this many more leases.
    case credits(UInt32, from: WorkerID)
    /// A worker's process lives.
    case heartbeat(from: WorkerID)
    /// A worker finished a wave.
    case progress(LeaseID, from: WorkerID)
    /// A worker sent results.
    case outcomes([EncodedOutcome], from: WorkerID)
    /// A worker could not compute trials.
    case failed(ToCoordinator.Failure, from: WorkerID)
    /// A worker gives trials back.
    case handBack(LeaseID, [TrialID], from: WorkerID)
    /// A worker leaves.
    case goodbye(from: WorkerID)
    /// The outcomes of these trials are durable.
    case committed([TrialID])
    /// A lease couldn't be sent, because the worker takes no messages.
    case undelivered(LeaseID)
    /// The worker's connection is closed.
    case disconnected(WorkerID)
    /// Bytes that are no message, or a message that contradicts itself, arrived.
    case invalidMessage
    /// Nothing can be made durable, and why; nil once it can again.
    case storage(obstacle: String?)
    /// Time passed.
    case tick
    /// Who started the run steers it.
    case control(ControlCommand)
    /// Stop: let workers finish their waves, then end.
    case stop(reason: String)
  }
}

extension SweepState.Event {
  /// Whether trials or workers may have become free; the two most frequent events free nothing.
  var mayFreeTrials: Bool {
    switch self {
    case .heartbeat, .progress: false
    default: true
    }
  }
}
