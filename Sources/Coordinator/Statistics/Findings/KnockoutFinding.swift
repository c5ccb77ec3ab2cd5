import Catalog

/// A knockout in one window: what it edited, and its effects at every site behind the window.
public struct KnockoutFinding: Hashable, Sendable, Codable {
  /// ``Knockout/name``.
  public let knockout: String
  /// What it edits, such as `block wrong → correct where anchor`.
  public let rule: String
  /// What it does to an edge.
  public let edit: Knockout.Edit
  /// Where it acts.
  public let window: LayerWindow
  /// Images with baseline and treatment, of all.
  public let images: Findings.Coverage
  /// |T ∩ W| over those images.
  public let targetWrong: Int
  /// |T ∩ C| over those images.
  public let targetCorrect: Int
  /// Effective edges over those images, in one layer and head.
  public let edges: Int
  /// The control arm; nil if the spec asks for none.
  public let control: ControlFinding?
  /// One per site, in order.
  public internal(set) var effects: [EffectFinding]
  /// Its effects by place; nil where predictions were not kept.
  public internal(set) var places: KnockoutPlaces?
  /// Whether an effect may be claimed: there are edges, and the control, where there is one, matches enough of them.
  public let support: Support

  /// What stands behind an effect.
  public enum Support: String, Hashable, Sendable, Codable {
    /// The control matches at least ``ControlFinding/enoughMatched`` of the edges.
    case matched
    /// The control matches fewer: no effect is claimed.
    case tooFewMatched = "too-few-matched"
    /// The spec asks for no control: only the comparison with the baseline is there.
    case noControl = "no-control"
    /// No image has all draws of the control.
    case controlMissing = "control-missing"
    /// No edge was edited in any image: the knockout is the baseline.
    case noEdges = "no-edges"

    /// Whether an effect is tested, and may be claimed.
    public var allowsClaim: Bool { self == .matched || self == .noControl }
  }
}

/// How well a control matches its treatment, over the images with all draws of both arms.
public struct ControlFinding: Hashable, Sendable, Codable {
  /// Below this share of matched edges no effect is claimed.
  public static let enoughMatched = 0.8

  /// Draws per image, averaged within it.
  public let draws: Int
  /// The set that keys are drawn from, as in the spec; nil: the query's other open image keys.
  public let from: String?
  /// Images with all draws of both arms, of all.
  public let images: Findings.Coverage
  /// Edges that the draws edit / edges that the treatment edits; nil without an image or an edge.
  public let shareMatched: Double?
  /// Mean grid distance of the thinned treatment's edges; nil without one. An edge to a token outside the image counts 0.
  public let treatmentDistance: Double?
  /// Mean grid distance of the control's edges; nil without one.
  public let controlDistance: Double?
}

/// A knockout's effects at one site. All are on the same tokens in both arms of a comparison.
public struct EffectFinding: Hashable, Sendable, Codable {
  /// Where it is read.
  public let site: Site
  /// Change of recovery, on T ∩ W.
  public let recovery: Comparison
  /// How likely a change of recovery (against the control where there is one, else against the baseline) as clear as this is
  /// somewhere on the knockout's heat map if no edge mattered; nil where no effect may be claimed or there is no value.
  /// See ``Findings/Resampling/signFlips``.
  public internal(set) var adjustedP: Double?
  /// Change of relapse, on T ∩ C.
  public let relapse: Comparison
  /// Change of recovery on W ∖ T, against the baseline.
  public let spillOver: Estimate
  /// Change of token accuracy over all tokens, against the baseline.
  public let accuracy: Estimate
  /// Recovery on all of W under the knockout.
  public let level: Estimate
  /// Recovery on all of W under the control, averaged over draws; nil without a control.
  public let controlLevel: Estimate?
  /// mIoU under the knockout; nil without an image.
  public let meanIoU: Double?
  /// mIoU of the baseline over the same images; nil without an image.
  public let baselineMeanIoU: Double?

  /// One quantity under the knockout against two others.
  public struct Comparison: Hashable, Sendable, Codable {
    /// The knockout minus the baseline.
    public let againstBaseline: Estimate
    /// The thinned knockout minus the control, averaged over draws; nil without a control.
    public let againstControl: Estimate?
    /// The control minus the baseline, averaged over draws; nil without a control.
    public let controlAgainstBaseline: Estimate?
  }
}
