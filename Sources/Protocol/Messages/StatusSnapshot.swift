import Catalog
import Foundation

/// A run's state at one moment: what `rebound status` shows and prints as JSON, and what the coordinator answers a
/// ``ToCoordinator/statusRequest`` with.
///
/// Times are seconds since 1970 (UTC). Everything in it is for people and scripts; nothing is computed from it again.
public struct StatusSnapshot: Hashable, Sendable, Codable {
  /// The schema that this version writes and reads.
  public static let currentSchema = 1

  /// Who answered.
  public enum Source: String, Hashable, Sendable, Codable {
    /// The coordinator, while it runs.
    case live
    /// The run directory, because no coordinator runs.
    case runDirectory = "run-directory"
  }

  /// ``currentSchema``.
  public let schema: Int
  /// Who answered.
  public let source: Source
  /// When the state was last known to be current: `now` if live, else when the run directory was last written.
  public let asOf: Double
  /// When the snapshot was taken.
  public let now: Double
  /// When this epoch's coordinator started; nil if none has.
  public let started: Double?
  /// ``Experiment/name``.
  public let run: String
  /// ``Experiment/digest()``.
  public let digest: Digest
  /// The coordinator's epoch; nil if none has owned the run yet.
  public let epoch: Epoch?
  /// Whether the workers' kernels are held equal. False with `kernel: any`: results are not bit-reproducible.
  public let bitReproducible: Bool
  /// What the run is doing, or how it ended.
  public let phase: Phase
  /// Why nothing can be kept, where the phase is ``Phase/waitingForDisk``.
  public let obstacle: String?
  /// All stages, in order.
  public let stages: [StageProgress]
  /// Workers of this epoch that have not said goodbye; empty from a run directory.
  public let workers: [Worker]
  /// What happened along the way.
  public let counters: Counters
  /// The latest failures, newest first, at most ``recentFailures``.
  public let failures: [RecentFailure]
  /// Effects on the target so far, with live error bars; nil before there are any.
  public let effects: [LiveEffect]?

  /// How many failures a snapshot carries.
  public static let recentFailures = 20

  /// Takes each property as it is; the schema is ``currentSchema``.
  public init(
    source: Source, asOf: Double, now: Double, started: Double?, run: String, digest: Digest, epoch: Epoch?,
    bitReproducible: Bool, phase: Phase, obstacle: String? = nil, stages: [StageProgress], workers: [Worker],
    counters: Counters,
    failures: [RecentFailure], effects: [LiveEffect]?
  ) {
    self.schema = Self.currentSchema
    self.source = source
    self.asOf = asOf
    self.now = now
    self.started = started
    self.run = run
    self.digest = digest
    self.epoch = epoch
    self.bitReproducible = bitReproducible
    self.phase = phase
    self.obstacle = obstacle
    self.stages = stages
    self.workers = workers
    self.counters = counters
    self.failures = failures
    self.effects = effects
  }
}
