import Catalog
import Foundation

/// What a worker, or somebody who asks for the status or steers the run, says to the coordinator.
public enum ToCoordinator: Hashable, Sendable {
  /// The first message of a worker.
  case hello(Hello)
  /// The worker has loaded the model and can take work.
  case ready(Ready)
  /// The worker can hold this many more leases.
  case credits(UInt32)
  /// Sent from a thread of its own, so that it says "the process lives", not "it makes progress". The coordinator answers
  /// each with ``ToWorker/heartbeat``.
  case heartbeat
  /// A wave was finished: renews the lease's deadline.
  case progress(LeaseID)
  /// Finished trials; kept and resent until acknowledged.
  case outcomes([Outcome])
  /// Trials that could not be computed.
  case failed(Failure)
  /// Trials that the worker gives back unfinished, blaming nobody.
  case handBack(LeaseID, [TrialID])
  /// The worker asks for the piece, from byte `offset` on, of an artifact named by a lease.
  case fetch(Digest, offset: UInt64)
  /// The worker leaves; its leases return to the queue.
  case goodbye(reason: String)
  /// Anybody asks for the run's status.
  case statusRequest
  /// Who started the run steers it. The coordinator answers with the status.
  case control(ControlCommand)

  /// Who a worker is. Every frame already names the protocol's version.
  public struct Hello: Hashable, Sendable {
    /// The version of rebound that the worker was built from.
    public let build: String
    /// The name of its host.
    public let host: String
    /// Its process on that host.
    public let pid: UInt32
    /// The numeric kernels that run there, such as `x86-64-v3, OpenBLAS Haswell`, with the unit for
    /// bfloat16 behind them where there is one (``KernelText``).
    public let kernel: String
    /// How many threads compute.
    public let threads: UInt32
    /// Bytes the worker may use.
    public let memory: UInt64
    /// Seconds until its walltime ends, at least 1; nil where no end is known.
    public var secondsLeft: UInt32?
    /// Trials of one unit that it is computing, leased in an earlier session: a coordinator that has them in its queue leases
    /// them to nobody else.
    public var holds: [TrialID]

    /// Takes each property as it is.
    public init(
      build: String, host: String, pid: UInt32, kernel: String, threads: UInt32, memory: UInt64,
      secondsLeft: UInt32? = nil, holds: [TrialID] = []
    ) {
      self.build = build
      self.host = host
      self.pid = pid
      self.kernel = kernel
      self.threads = threads
      self.memory = memory
      self.secondsLeft = secondsLeft
      self.holds = holds
    }
  }

  /// What a worker found when it loaded the model.
  public struct Ready: Hashable, Sendable {
    /// Identity of the model that it loaded.
    public let model: Digest
    /// How many leases it can hold.
    public let credits: UInt32

    /// Takes each property as it is.
    public init(model: Digest, credits: UInt32) {
      self.model = model
      self.credits = credits
    }
  }

  /// Why trials of a lease could not be computed.
  public struct Failure: Hashable, Sendable {
    /// Whom a failure blames.
    public enum Blame: UInt8, Hashable, Sendable, CaseIterable {
      /// The data of the trials: the same everywhere, so they are quarantined once they fail alone.
      case trials = 1
      /// The worker's host (no memory, no disk, no access to a file that others may reach).
      case host = 2
    }

    /// The lease that the trials belong to.
    public let lease: LeaseID
    /// The trials that failed together.
    public let trials: [TrialID]
    /// Whom the failure blames.
    public let blame: Blame
    /// One sentence for people.
    public let message: String

    /// Takes each property as it is.
    public init(lease: LeaseID, trials: [TrialID], blame: Blame, message: String) {
      self.lease = lease
      self.trials = trials
      self.blame = blame
      self.message = message
    }
  }
}
