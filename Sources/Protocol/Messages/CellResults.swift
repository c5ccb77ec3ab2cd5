import Catalog

/// One image under one variant: predictions per token at each site behind the window, and the integer counts from which
/// every metric follows. Counts of different images add up in any order.
public struct CellResults: Hashable, Sendable {
  /// No class: the gold of a void token.
  public static let void: UInt16 = .max

  /// The sites read, ascending: all probed sites for the baseline, those behind the window for a variant.
  public let sites: [Site]
  /// [site][image token], class indices.
  public let predictions: [[UInt16]]
  /// The image's gold labels, [image token], ``void`` where void. Only the baseline carries them; empty otherwise.
  public let gold: [UInt16]
  /// The image tokens that lose or gain at least one effective edge in some layer and head, ascending.
  public let targets: [UInt32]
  /// What was edited.
  public let edges: EdgeCounts
  /// Sizes of the outcome sets in this image.
  public let sets: SetCounts
  /// One per site, in the order of `sites`.
  public let counts: [SiteCounts]

  /// Takes each property as it is.
  public init(
    sites: [Site], predictions: [[UInt16]], gold: [UInt16], targets: [UInt32], edges: EdgeCounts, sets: SetCounts,
    counts: [SiteCounts]
  ) {
    self.sites = sites
    self.predictions = predictions
    self.gold = gold
    self.targets = targets
    self.edges = edges
    self.sets = sets
    self.counts = counts
  }

  /// What a variant edited, in one layer and one head (the same in all of its window and heads).
  public struct EdgeCounts: Hashable, Sendable {
    /// Effective edges: removed (block) or added (open).
    public let effective: UInt32
    /// The treatment's effective edges: for a control or thinned arm, how many there were to match.
    public let treatment: UInt32
    /// Sum over effective image-to-image edges of the Chebyshev distance on the grid.
    public let distance: UInt64

    /// Takes each property as it is.
    public init(effective: UInt32, treatment: UInt32, distance: UInt64) {
      self.effective = effective
      self.treatment = treatment
      self.distance = distance
    }
  }

  /// Sizes of sets that do not depend on the site. W and C are the baseline's wrong and correct tokens at the reference.
  public struct SetCounts: Hashable, Sendable {
    /// Tokens with a gold class.
    public let valid: UInt32
    /// |W|.
    public let wrong: UInt32
    /// |C|.
    public let correct: UInt32
    /// |T ∩ W|.
    public let targetWrong: UInt32
    /// |T ∩ C|.
    public let targetCorrect: UInt32
    /// Tokens per gold class, [class].
    public let gold: [UInt32]

    /// Takes each property as it is.
    public init(
      valid: UInt32, wrong: UInt32, correct: UInt32, targetWrong: UInt32, targetCorrect: UInt32, gold: [UInt32]
    ) {
      self.valid = valid
      self.wrong = wrong
      self.correct = correct
      self.targetWrong = targetWrong
      self.targetCorrect = targetCorrect
      self.gold = gold
    }
  }

  /// What is counted at one site.
  public struct SiteCounts: Hashable, Sendable {
    /// Tokens predicted as their gold class.
    public let correct: UInt32
    /// |W ∩ correct now|.
    public let recovered: UInt32
    /// |C ∩ wrong now|.
    public let relapsed: UInt32
    /// |T ∩ W ∩ correct now|.
    public let targetRecovered: UInt32
    /// |T ∩ C ∩ wrong now|.
    public let targetRelapsed: UInt32
    /// |T ∩ W ∩ correct at this site in the baseline|.
    public let baselineTargetRecovered: UInt32
    /// |T ∩ C ∩ wrong at this site in the baseline|.
    public let baselineTargetRelapsed: UInt32
    /// Tokens of gold class c predicted as c, [class].
    public let intersection: [UInt32]
    /// Valid tokens predicted as c, [class].
    public let predicted: [UInt32]

    /// Takes each property as it is.
    public init(
      correct: UInt32, recovered: UInt32, relapsed: UInt32, targetRecovered: UInt32, targetRelapsed: UInt32,
      baselineTargetRecovered: UInt32, baselineTargetRelapsed: UInt32, intersection: [UInt32], predicted: [UInt32]
    ) {
      self.correct = correct
      self.recovered = recovered
      self.relapsed = relapsed
      self.targetRecovered = targetRecovered
      self.targetRelapsed = targetRelapsed
      self.baselineTargetRecovered = baselineTargetRecovered
      self.baselineTargetRelapsed = baselineTargetRelapsed
      self.intersection = intersection
      self.predicted = predicted
    }
  }
}
