import Catalog

extension StatusSnapshot {
  /// What the run is doing, or how it ended.
  public enum Phase: String, Hashable, Sendable, Codable {
    /// Stages still have work.
    case running
    /// Paused by hand: no new leases.
    case paused
    /// Nothing can be kept for now, so nothing is given out: see ``StatusSnapshot/obstacle``.
    case waitingForDisk = "waiting-for-disk"
    /// Workers finish what they hold, then everything stops.
    case draining
    /// No coordinator runs and work is left: the same command continues.
    case stopped
    /// Every trial is committed.
    case finished
    /// Every trial is committed or quarantined, and some are quarantined.
    case finishedWithGaps = "finished-with-gaps"
  }

  /// How far a stage is. `done + quarantined + leased <= total`; the rest waits.
  public struct StageProgress: Hashable, Sendable, Codable {
    /// Which stage.
    public let stage: Stage
    /// Trials of the stage.
    public let total: Int
    /// Trials committed.
    public let done: Int
    /// Trials given up, each with an error.
    public let quarantined: Int
    /// Trials that some worker holds.
    public let leased: Int
    /// Trials committed per second of late; nil while nobody works on the stage.
    public let trialsPerSecond: Double?
    /// Seconds until the stage ends at that rate; nil while unknown.
    public let secondsLeft: Double?

    /// Takes each property as it is.
    public init(
      stage: Stage, total: Int, done: Int, quarantined: Int, leased: Int, trialsPerSecond: Double?,
      secondsLeft: Double?
    ) {
      self.stage = stage
      self.total = total
      self.done = done
      self.quarantined = quarantined
      self.leased = leased
      self.trialsPerSecond = trialsPerSecond
      self.secondsLeft = secondsLeft
    }
  }

  /// One worker process.
  public struct Worker: Hashable, Sendable, Codable {
    /// Its number in this epoch.
    public let id: WorkerID
    /// The name of its host.
    public let host: String
    /// Its process on that host.
    public let pid: UInt32
    /// The numeric kernels that run there.
    public let kernel: String
    /// How many threads compute.
    public let threads: Int
    /// Trials that it holds.
    public let leased: Int
    /// Trials committed from it in this epoch.
    public let committed: Int
    /// Trials committed from it per second of late; nil while unknown.
    public let trialsPerSecond: Double?
    /// When anything was last heard from it.
    public let lastHeard: Double

    /// Takes each property as it is.
    public init(
      id: WorkerID, host: String, pid: UInt32, kernel: String, threads: Int, leased: Int, committed: Int,
      trialsPerSecond: Double?, lastHeard: Double
    ) {
      self.id = id
      self.host = host
      self.pid = pid
      self.kernel = kernel
      self.threads = threads
      self.leased = leased
      self.committed = committed
      self.trialsPerSecond = trialsPerSecond
      self.lastHeard = lastHeard
    }
  }

  /// What happened along the way, since this epoch's coordinator started.
  public struct Counters: Hashable, Sendable, Codable {
    /// Trials given out, repeats included.
    public let attempts: Int
    /// Trials given out again.
    public let retried: Int
    /// Trials that returned to the queue because a worker died or fell silent.
    public let lost: Int
    /// Valid outcomes of trials that were committed already.
    public let duplicates: Int
    /// Duplicates whose result differed from the committed one: a fault, unless kernels may differ.
    public let nondeterminism: Int
    /// Trials that were computed again on purpose, and compared.
    public let audited: Int
    /// Outcomes whose lease was no longer held when they arrived; they count all the same if they were the first.
    public let late: Int
    /// Messages about leases that the sender no longer held; ignored.
    public let fenced: Int
    /// Messages that were refused as damaged or out of place.
    public let badMessages: Int
    /// Workers that have been welcomed.
    public let workersSeen: Int

    /// Takes each property as it is.
    public init(
      attempts: Int, retried: Int = 0, lost: Int, duplicates: Int, nondeterminism: Int, audited: Int = 0, late: Int = 0,
      fenced: Int = 0, badMessages: Int, workersSeen: Int
    ) {
      self.attempts = attempts
      self.retried = retried
      self.audited = audited
      self.lost = lost
      self.duplicates = duplicates
      self.nondeterminism = nondeterminism
      self.late = late
      self.fenced = fenced
      self.badMessages = badMessages
      self.workersSeen = workersSeen
    }
  }

  /// Something that went wrong.
  public struct RecentFailure: Hashable, Sendable, Codable {
    /// When; nil if that is no longer known.
    public let at: Double?
    /// Where; nil if no host is known.
    public let host: String?
    /// The first trial that failed, and how many failed with it (1 for a trial alone); nil where no trial is to blame.
    public let trial: TrialID?
    /// How many trials failed together.
    public let trials: Int
    /// Whether they were given up rather than tried again.
    public let quarantined: Bool
    /// One sentence.
    public let message: String

    /// Takes each property as it is.
    public init(at: Double?, host: String?, trial: TrialID?, trials: Int, quarantined: Bool, message: String) {
      self.at = at
      self.host = host
      self.trial = trial
      self.trials = trials
      self.quarantined = quarantined
      self.message = message
    }
  }

  /// A knockout's effect on its target's recovery at one site, so far.
  public struct LiveEffect: Hashable, Sendable, Codable {
    /// What the effect is measured against.
    public enum Comparison: String, Hashable, Sendable, Codable {
      /// The baseline on the same tokens.
      case baseline
      /// The matched control draws.
      case control
    }

    /// ``Knockout/name``.
    public let knockout: String
    /// Where it acts.
    public let window: LayerWindow
    /// Where it is read.
    public let site: Site
    /// What it is measured against.
    public let comparison: Comparison
    /// Change of recovery on T ∩ W, as a share (0.01 is one percentage point).
    public let effect: Double
    /// The half width of its 95 % interval; nil while it cannot be estimated.
    public let margin: Double?
    /// How many clusters (images or groups of them) it rests on.
    public let clusters: Int

    /// Takes each property as it is.
    public init(
      knockout: String, window: LayerWindow, site: Site, comparison: Comparison, effect: Double, margin: Double?,
      clusters: Int
    ) {
      self.knockout = knockout
      self.window = window
      self.site = site
      self.comparison = comparison
      self.effect = effect
      self.margin = margin
      self.clusters = clusters
    }
  }
}
