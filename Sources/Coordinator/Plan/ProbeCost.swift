import Catalog

/// Operations of fitting and applying probes.
struct ProbeCost {
  let experiment: Experiment
  let facts: ModelFacts

  /// Loss and gradient are evaluated about so often for each λ: L-BFGS stops when the gradient is small, so the number
  /// is not known before.
  static let evaluations = 100.0

  /// Reading `sites` at so many rows: a product with [classes, hidden].
  func reading(_ sites: [Site], rows: Int) -> Double {
    sites.reduce(0) { $0 + 2 * Double(rows) * classes * Double(facts.hidden(at: $1)) }
  }

  /// All sites. Softmax: forward and gradient, 4·n·c·h for n tokens, c classes and h dimensions, for each λ on nine
  /// tenths of the tokens and again for the final fit. Ridge: a Gram matrix 2·n·h² of each and a factorisation h³/3 for
  /// each λ.
  var fitting: Double {
    let n = tokens
    let candidates = Double(experiment.probes.l2.count)
    return experiment.probes.sites.reduce(0) { sum, site in
      let h = Double(facts.hidden(at: site))
      switch experiment.probes.method {
      case .softmax: return sum + Self.evaluations * 4 * n * classes * h * (0.9 * candidates + 1)
      case .ridge: return sum + 1.9 * 2 * n * h * (h + classes) + (candidates + 1) * h * h * h / 3
      case .imported: return sum
      }
    }
  }

  /// At most so many training tokens: fewer where an image has less labelled ones.
  var tokens: Double {
    Double(experiment.data.train.count) * Double(min(experiment.probes.tokensPerImage, facts.grid.tokens))
  }

  private var classes: Double { Double(experiment.data.classes.count) }
}
