import Catalog

/// Counts the coordinator processes that have owned a run; a higher epoch fences off all lower ones.
public struct Epoch: Hashable, Comparable, Sendable, Codable {
  /// Its number.
  public let number: UInt64
  /// Wraps its number.
  public init(_ number: UInt64) { self.number = number }
  /// By number.
  public static func < (left: Epoch, right: Epoch) -> Bool { left.number < right.number }
}

/// A worker process, as the coordinator numbers it within an epoch.
public struct WorkerID: Hashable, Comparable, Sendable, Codable {
  /// Its number.
  public let number: UInt64
  /// Wraps its number.
  public init(_ number: UInt64) { self.number = number }
  /// By number.
  public static func < (left: WorkerID, right: WorkerID) -> Bool { left.number < right.number }
}

/// A lease, numbered within an epoch.
public struct LeaseID: Hashable, Comparable, Sendable, Codable {
  /// Its number.
  public let number: UInt64
  /// Wraps its number.
  public init(_ number: UInt64) { self.number = number }
  /// By number.
  public static func < (left: LeaseID, right: LeaseID) -> Bool { left.number < right.number }
}

/// The unit of scheduling, retry and accounting.
///
/// In `extract`, `unit` is an image shard and `variant` 0; in `fit`, `unit` indexes ``Experiment/Probes/sites``; in
/// `sweep`, `unit` indexes the evaluation images and `variant` is 0 for the baseline, else ``Variant/index``.
public struct TrialID: Hashable, Comparable, Sendable, Codable {
  /// The stage it belongs to.
  public let stage: Stage
  /// The shard, site or image.
  public let unit: UInt32
  /// The variant; 0 outside `sweep`.
  public let variant: UInt32

  /// Takes each property as it is.
  public init(stage: Stage, unit: UInt32, variant: UInt32 = 0) {
    self.stage = stage
    self.unit = unit
    self.variant = variant
  }

  /// By stage, then unit, then variant.
  public static func < (left: TrialID, right: TrialID) -> Bool {
    (left.stage, left.unit, left.variant) < (right.stage, right.unit, right.variant)
  }
}

extension TrialID: CustomStringConvertible {
  /// `sweep/12/3`: stage, unit, variant.
  public var description: String { "\(stage)/\(unit)/\(variant)" }
}
