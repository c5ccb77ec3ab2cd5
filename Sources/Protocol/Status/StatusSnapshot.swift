import Catalog
import Foundation

/// How a run stands: what the coordinator answers to a status request, as JSON, and what is read from the run directory
/// when no coordinator runs.
public struct StatusSnapshot: Hashable, Sendable, Codable {
  /// Raised whenever a key changes its meaning.
  public static let currentSchema = 1

  /// The value of ``currentSchema`` when this was written.
  public var schema: Int
  /// The run's name.
  public var name: String
  /// The digest of its experiment.
  public var experiment: Digest
  /// Where this comes from.
  public var source: Source
  /// Whether work is given out.
  public var phase: Phase
  /// Why it closes or closed; nil while it runs.
  public var reason: String?
  /// The epoch of the coordinator that says this, or of the last one.
  public var epoch: Epoch
  /// The kernel of all workers; nil where they may differ, or none was ready yet.
  public var kernel: String?
  /// Whether the results can be reproduced to the bit: not where kernels may differ.
  public var isBitReproducible: Bool
  /// All stages, in order.
  public var stages: [StageProgress]
  /// The workers, by number; none when read from the run directory.
  public var workers: [Worker]
  /// The hosts that get no lease for a while.
  public var benches: [Bench]
  /// What this start of the coordinator has counted.
  public var counters: Counters
  /// Missing trials with the reasons: the first ``mostGaps`` of them.
  public var gaps: [Gap]
  /// Trials of the current stage committed each second since it was opened; nil before there is one.
  public var rate: Double?
  /// Seconds until the current stage is complete at that rate.
  public var remaining: Double?

  /// How many gaps are listed at most.
  public static let mostGaps = 100

  /// Who says it.
  public enum Source: String, Hashable, Sendable, Codable {
    /// The running coordinator.
    case coordinator
    /// The run directory.
    case directory
  }

  /// What the coordinator does.
  public enum Phase: String, Hashable, Sendable, Codable {
    /// It gives work out, or would if there were workers.
    case running
    /// Workers finish and leave.
    case closing
    /// Nothing more is to be done.
    case finished
    /// No coordinator runs, and there is work left.
    case stopped
  }

  /// The trials of one stage.
  public struct StageProgress: Hashable, Sendable, Codable {
    /// `extract`, `fit` or `sweep`.
    public var stage: String
    /// All trials.
    public var trials: Int
    /// Those whose outcome is durable.
    public var committed: Int
    /// Those that a worker holds.
    public var leased: Int
    /// Those given up.
    public var quarantined: Int

    /// Takes each property as it is.
    public init(stage: Stage, trials: Int, committed: Int, leased: Int, quarantined: Int) {
      self.stage = "\(stage)"
      self.trials = trials
      self.committed = committed
      self.leased = leased
      self.quarantined = quarantined
    }
  }

  /// One worker.
  public struct Worker: Hashable, Sendable, Codable {
    /// Its number in this epoch.
    public var id: UInt64
    /// Its host.
    public var host: String
    /// Its process.
    public var pid: UInt32
    /// Its kernels.
    public var kernel: String
    /// Its computing threads.
    public var threads: UInt32
    /// Whether it has loaded the model.
    public var isReady: Bool
    /// Leases that it holds.
    public var leases: Int
    /// Unfinished trials in them.
    public var trials: Int
    /// Outcomes of it that were the first ones.
    public var committed: Int
    /// Seconds since it was heard.
    public var silence: Double

    /// Takes each property as it is.
    public init(
      id: WorkerID, hello: ToCoordinator.Hello, isReady: Bool, leases: Int, trials: Int, committed: Int, silence: Double
    ) {
      self.id = id.number
      host = hello.host
      pid = hello.pid
      kernel = hello.kernel
      threads = hello.threads
      self.isReady = isReady
      self.leases = leases
      self.trials = trials
      self.committed = committed
      self.silence = silence
    }
  }

  /// A host that was blamed.
  public struct Bench: Hashable, Sendable, Codable {
    /// Its name.
    public var host: String
    /// Seconds until it gets leases again.
    public var seconds: Double
    /// Why.
    public var message: String

    /// Takes each property as it is.
    public init(host: String, seconds: Double, message: String) {
      self.host = host
      self.seconds = seconds
      self.message = message
    }
  }

  /// A missing trial.
  public struct Gap: Hashable, Sendable, Codable {
    /// Such as `sweep/12/3`: stage, unit, variant.
    public var trial: String
    /// One sentence.
    public var error: String

    /// Takes each property as it is.
    public init(trial: TrialID, error: String) {
      self.trial = "\(trial)"
      self.error = error
    }
  }

  /// What happened to messages and trials.
  public struct Counters: Hashable, Sendable, Codable {
    /// Outcomes made durable.
    public var committed = 0
    /// Outcomes of trials that had one already.
    public var duplicates = 0
    /// Outcomes whose lease was no longer held when they arrived; they count all the same if they were the first.
    public var late = 0
    /// Messages about leases that the sender doesn't hold; ignored.
    public var fenced = 0
    /// Duplicates that differ from the committed outcome: this must stay 0.
    public var nondeterminism = 0
    /// Trials given out again.
    public var retries = 0
    /// Bytes that were no message, and outcomes that don't belong to this run; dropped.
    public var invalid = 0

    /// Nothing yet.
    public init() {}
  }

  /// A run of which nothing is known but its name.
  public init(name: String, experiment: Digest, source: Source, phase: Phase, epoch: Epoch) {
    schema = Self.currentSchema
    self.name = name
    self.experiment = experiment
    self.source = source
    self.phase = phase
    self.epoch = epoch
    isBitReproducible = true
    (stages, workers, benches, gaps) = ([], [], [], [])
    counters = Counters()
  }

  /// JSON with sorted keys.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// Reads ``json()`` back; throws where it is not a status, or one of another schema.
  public init(json: Data) throws {
    self = try JSONDecoder().decode(StatusSnapshot.self, from: json)
    guard schema == Self.currentSchema else { throw UnknownSchema(schema: schema) }
  }

  /// A status of another version.
  public struct UnknownSchema: Error, Hashable, CustomStringConvertible {
    /// What it said.
    public let schema: Int
    /// One sentence.
    public var description: String {
      "the coordinator's status has schema \(schema), this version reads \(currentSchema);"
        + " use the coordinator's version of rebound"
    }
  }
}
