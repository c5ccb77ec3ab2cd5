import Catalog
import Protocol

/// What a sweep found: every number of the report, with its interval. See docs/statistics.md for the definitions.
///
/// For the same experiment and the same set of outcomes it is the same to the bit.
public struct Findings: Hashable, Sendable, Codable {
  /// Below this many clusters, intervals come with a warning.
  public static let enoughClusters = 30

  /// ``Experiment/name``.
  public let name: String
  /// Where W and C are defined.
  public let reference: Site
  /// The vision site that feeds the adapter.
  public let featureSite: Site
  /// How many decoder layers the model has.
  public let layers: Int
  /// Evaluation images, and those whose baseline is in.
  public let images: Coverage
  /// Clusters of the images whose baseline is in.
  public let clusters: Int
  /// Whether some cluster has several images.
  public let grouped: Bool
  /// How the intervals were made.
  public let resampling: Resampling
  /// Classes, with their gold tokens in the images whose baseline is in.
  public let classes: [ClassTokens]
  /// The baseline at every probed site, in order.
  public let sites: [SiteFinding]
  /// Accuracy at the feature site minus at the adapter.
  public let dropOff: Estimate
  /// One per knockout and window, in the spec's order.
  public let knockouts: [KnockoutFinding]
  /// What predictions say about places; nil where they were not kept.
  public let places: PlaceFindings?
  /// What is missing.
  public let gaps: Gaps

  /// How many there are of how many there should be.
  public struct Coverage: Hashable, Sendable, Codable {
    /// There are.
    public let complete: Int
    /// There should be.
    public let total: Int
  }

  /// How intervals were made.
  public struct Resampling: Hashable, Sendable, Codable {
    /// Bootstrap resamples.
    public let replicates: Int
    /// The seed they are drawn from.
    public let seed: UInt64
    /// How often an interval holds the true value.
    public let level: Double
    /// Flips of the clusters' signs behind ``EffectFinding/adjustedP``.
    public let signFlips: Int
  }

  /// A class.
  public struct ClassTokens: Hashable, Sendable, Codable {
    /// Its name.
    public let name: String
    /// Tokens whose gold it is.
    public let gold: Int
  }

  /// Trials without a result.
  public struct Gaps: Hashable, Sendable, Codable {
    /// Trials of the sweep: those in, and all.
    public let trials: Coverage
    /// Trials of any stage that were given up, in order.
    public let quarantined: [MissingTrial]

    /// Trials of the sweep that are neither in nor given up: it has not ended.
    public var waiting: Int {
      max(0, trials.total - trials.complete - quarantined.count { $0.trial.stage == .sweep })
    }
  }
}

/// A trial that was given up.
public struct MissingTrial: Hashable, Sendable, Codable {
  /// Which.
  public let trial: TrialID
  /// What it was about: an image's name, in earlier stages a shard's images or a site.
  public let subject: String
  /// Why, in one sentence.
  public let reason: String

  /// Takes each property as it is.
  public init(trial: TrialID, subject: String, reason: String) {
    self.trial = trial
    self.subject = subject
    self.reason = reason
  }
}
