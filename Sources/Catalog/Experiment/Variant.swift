/// knockout × window × arm: one way to walk an image. The baseline is the variant that edits nothing.
public struct Variant: Hashable, Sendable {
  /// Which arm of a knockout's comparison a variant belongs to.
  public enum Arm: Hashable, Sendable {
    /// The knockout itself.
    case treatment
    /// The knockout thinned, for each query, to as many edges as its control could draw.
    case thinned(draw: Int)
    /// Edges drawn at matched count and distance.
    case control(draw: Int)
  }

  /// Position in ``Experiment/variants``; the baseline is 0.
  public let index: Int
  /// Position in ``Experiment/knockouts``.
  public let knockout: Int
  /// Where the edit acts.
  public let window: LayerWindow
  /// Treatment, thinned or control.
  public let arm: Arm

  /// Takes each property as it is.
  public init(index: Int, knockout: Int, window: LayerWindow, arm: Arm) {
    self.index = index
    self.knockout = knockout
    self.window = window
    self.arm = arm
  }
}

extension Variant.Arm: CustomStringConvertible {
  /// `treatment`, `thinned 2` or `control 2`; draws are counted from 1 for people.
  public var description: String {
    switch self {
    case .treatment: "treatment"
    case .thinned(let draw): "thinned \(draw + 1)"
    case .control(let draw): "control \(draw + 1)"
    }
  }
}

extension Experiment {
  /// All variants but the baseline, in the order of knockouts, windows and arms; `variants[i].index == i + 1`.
  public var variants: [Variant] {
    var variants: [Variant] = []
    for (knockout, rule) in knockouts.enumerated() {
      for window in rule.windows {
        for arm in rule.arms {
          variants.append(Variant(index: variants.count + 1, knockout: knockout, window: window, arm: arm))
        }
      }
    }
    return variants
  }

  /// The last layer that a variant acting in `window` is computed to.
  public func lastLayer(of window: LayerWindow) -> Int {
    guard let horizon else { return model.layers }
    return min(model.layers, window.last + horizon)
  }

  /// The probed sites at which a variant acting in `window` can differ from the baseline, in order.
  public func sites(behind window: LayerWindow) -> [Site] {
    let last = lastLayer(of: window)
    return probes.sites.filter { Site.llm(window.first) <= $0 && $0 <= .llm(last) }
  }
}

extension Knockout {
  /// The arms to compute in each window: the treatment, and for each control draw the draw and its thinned treatment.
  public var arms: [Variant.Arm] {
    [.treatment] + (0..<(control?.draws ?? 0)).flatMap { [.thinned(draw: $0), .control(draw: $0)] }
  }
}

/// The site entering a window: what a decoder layer reads.
extension LayerWindow {
  /// `adapter` before layer 1, else `llm.(first - 1)`.
  public var entering: Site { first == 1 ? .adapter : .llm(first - 1) }
}
