import Catalog
import Foundation

/// What an experiment will take, computed before anything starts: trials, floating-point operations, time, disk, memory.
///
/// Operations are those of matrix products, two for a multiplication and its addition. Of a variant they are an upper
/// bound: every row from its first query on is counted in every layer up to its horizon, whereas the engine computes only
/// rows that changed.
public struct Plan: Hashable, Sendable, Codable {
  /// The version of the JSON form.
  public let schema: Int
  /// The experiment's name.
  public let name: String
  /// What stands around the image, and where it stands.
  public let prompt: PromptPlan
  /// Which part of an image is computed, in families that cut it into tiles; nil: all of it.
  public let tiling: Tiling?
  /// Worker processes.
  public let workers: Int
  /// Threads of each worker.
  public let threads: Int
  /// Operations a second of one thread, as measured.
  public let rate: Double
  /// The most that one thread could do in float32, as measured.
  public let peak: Double
  /// In the order in which they run.
  public let stages: [StagePlan]
  /// In the order of the spec.
  public let knockouts: [KnockoutPlan]
  /// What one evaluation image takes.
  public let image: ImagePlan
  /// What a worker needs.
  public let memory: MemoryPlan

  /// One stage.
  public struct StagePlan: Hashable, Sendable, Codable {
    /// Which one.
    public let stage: Stage
    /// Shards, sites or images.
    public let units: Int
    /// Units × the trials of each.
    public let trials: Int
    /// Of all trials.
    public let operations: Double
    /// Operations over the rate of all threads that have work.
    public let seconds: Double
    /// Feature files of `extract`, probes of `fit`, outcomes of `sweep`; an upper bound.
    public let diskBytes: UInt64
  }

  /// One knockout.
  public struct KnockoutPlan: Hashable, Sendable, Codable {
    /// Its name.
    public let name: String
    /// Block or open.
    public let edit: Knockout.Edit
    /// The windows it is swept over.
    public let windows: [LayerWindow]
    /// Arms in each window: the treatment, and two for each control draw.
    public let arms: Int
    /// Windows × arms.
    public let variants: Int
    /// Of all its variants of one image.
    public let operations: Double
  }

  /// Operations for one evaluation image.
  public struct ImagePlan: Hashable, Sendable, Codable {
    /// Encoder and connector.
    public let vision: Double
    /// The decoder's walk without edits.
    public let baseline: Double
    /// Probes applied in the baseline.
    public let probes: Double
    /// All variants with their probes.
    public let variants: Double
    /// What the same would take with one full forward for the baseline and each variant.
    public let naive: Double
  }

  /// Bytes of memory in one worker.
  public struct MemoryPlan: Hashable, Sendable, Codable {
    /// Weights, mapped from the checkpoint; the workers of a node share them.
    public let mapped: UInt64
    /// What a worker holds besides for `extract` and the baseline of `sweep`.
    public let own: UInt64
    /// For each variant that is walked together with others, besides.
    public let variant: UInt64
    /// For fitting the largest site, instead of the others.
    public let fit: UInt64
  }

  /// Everything, as one JSON object with sorted keys.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    return try encoder.encode(self)
  }
}
