import Catalog

/// The baseline at one site, over all images whose baseline is in.
public struct SiteFinding: Hashable, Sendable, Codable {
  /// Where.
  public let site: Site
  /// Tokens predicted as their gold class, of all tokens with one.
  public let accuracy: Estimate
  /// Mean over classes of intersection over union at tokens.
  public let meanIoU: Estimate
  /// |W ∩ correct here| / |W|.
  public let recovery: Estimate
  /// |C ∩ wrong here| / |C|.
  public let relapse: Estimate
  /// (|W ∩ correct here| − |C ∩ wrong here|) / (|W| + |C|).
  public let netRecovery: Estimate
  /// [class] intersection over union; nil for a class without a gold token.
  public let classIoU: [Double?]
}
