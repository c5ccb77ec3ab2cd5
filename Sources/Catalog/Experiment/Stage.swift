/// The stages of a run, in order; each needs the results of the one before.
public enum Stage: UInt8, CaseIterable, Comparable, Hashable, Sendable, Codable {
  /// Hidden states of the training images' drawn tokens, at every probed site. A trial is a shard of images.
  case extract = 1
  /// One probe per site. A trial is a site.
  case fit = 2
  /// The baseline and every variant of every evaluation image. A trial is (image, variant).
  case sweep = 3

  /// In the order in which they run.
  public static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
}

extension Stage: CustomStringConvertible {
  /// `extract`, `fit` or `sweep`.
  public var description: String {
    switch self {
    case .extract: "extract"
    case .fit: "fit"
    case .sweep: "sweep"
    }
  }
}

extension Stage {
  /// The stage of that name; nil if there is none.
  public init?(name: String) {
    guard let stage = Stage.allCases.first(where: { $0.description == name }) else { return nil }
    self = stage
  }

  /// Reads its name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let stage = Stage(name: name) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(name)' is not a stage")
    }
    self = stage
  }

  /// Writes its name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Experiment {
  /// How many training images an `extract` trial holds.
  public static let shardSize = 8

  /// The training images of extract trial `unit`.
  public func trainingShard(_ unit: Int) -> ArraySlice<LabelledImage> {
    let start = unit * Self.shardSize
    return data.train[start..<min(start + Self.shardSize, data.train.count)]
  }

  /// How many units of work a stage has: shards, sites or images.
  public func units(of stage: Stage) -> Int {
    switch stage {
    case .extract: probes.method == .imported ? 0 : (data.train.count + Self.shardSize - 1) / Self.shardSize
    case .fit: probes.method == .imported ? 0 : probes.sites.count
    case .sweep: data.evaluate.count
    }
  }

  /// How many trials each unit of a stage has: with the baseline, all variants in `sweep`; one elsewhere.
  public func trialsPerUnit(of stage: Stage) -> Int { stage == .sweep ? 1 + variants.count : 1 }
}
