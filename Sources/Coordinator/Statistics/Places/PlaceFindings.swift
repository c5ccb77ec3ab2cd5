import Catalog

/// What the baseline's predictions say about places: accuracy by row of the image, at boundaries, and by how many neighbours were
/// correct; how alike neighbours are predicted; what became of the most frequent mistakes.
public struct PlaceFindings: Hashable, Sendable, Codable {
  /// How many of the reference's most frequent mistakes are followed.
  static let followed = 10

  /// Accuracy by place.
  public let accuracy: ByPlace<PlaceFinding>
  /// [site] Pairs of neighbours (above each other, or side by side) of equal gold class that are predicted alike, of all. A predictor
  /// that knows one class has 1.
  public let alike: [Estimate]
  /// The share of the boundary's tokens that have its most frequent gold class: what a predictor that knows one class could have
  /// there; nil without a boundary.
  public let constantAtBoundary: Double?
  /// The most frequent mistakes at the reference, the most frequent first.
  public let mistakes: [Mistake]
}

/// Tokens that are counted together because of where they are, in the baseline.
public struct PlaceFinding: Hashable, Sendable, Codable {
  /// How many there are.
  public let tokens: Int
  /// [site] the share that is right. Among tokens of W, which those with correct neighbours are, this is recovery.
  public let accuracy: [Estimate]
  /// Accuracy at the last site minus at the reference.
  public let gain: Estimate
}

/// Tokens of one gold class that the reference takes for one other class.
public struct Mistake: Hashable, Sendable, Codable {
  /// The class they are.
  public let gold: String
  /// The class they are taken for.
  public let predicted: String
  /// [site] what they are predicted as, in the baseline.
  public let sites: [Ends]

  /// Numbers of tokens.
  public struct Ends: Hashable, Sendable, Codable {
    /// Predicted as the class they are.
    public internal(set) var right = 0
    /// Predicted as at the reference.
    public internal(set) var same = 0
    /// Predicted as a third class.
    public internal(set) var other = 0

    /// All.
    public var tokens: Int { right + same + other }
  }
}

/// What a knockout in one window does by place, over the images with its treatment, at the last site computed.
public struct KnockoutPlaces: Hashable, Sendable, Codable {
  /// Change of accuracy against the baseline.
  public let accuracy: ByPlace<Estimate>
  /// Change of the share of neighbours of equal gold class that are predicted alike.
  public let alike: Estimate
  /// [mistake] as in ``PlaceFindings/mistakes``.
  public let mistakes: [Mistake.Ends]
}
