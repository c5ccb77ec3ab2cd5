import Catalog
import Protocol

/// One image under one variant, beside the image's baseline.
struct TokenOutcome {
  /// Position among the evaluation images.
  let image: Int
  /// nil: the baseline itself.
  let variant: Variant?
  let results: CellResults
  let baseline: CellResults
}

/// What becomes of the outcomes: rows or arrays.
protocol TokenSink {
  /// Takes the next outcome; they come in the order of images and, within one, of variants.
  mutating func add(_ outcome: TokenOutcome) throws
  /// Writes what is left. Files are not committed.
  mutating func finish() throws
}

/// What outcomes there were.
struct TokenCoverage {
  /// Images whose baseline is in.
  var images = 0
  /// Outcomes of variants whose image has no baseline yet, without which they can't be read.
  var withoutBaseline = 0
}

extension Store {
  /// Calls `body` for every outcome of the selected variants. Memory holds two at a time.
  func forEachTokenOutcome(
    of experiment: Experiment, _ selection: ExportSelection, _ body: (TokenOutcome) throws -> Void
  ) throws -> TokenCoverage {
    let variants = Dictionary(
      selection.variants(of: experiment).map { (UInt32($0?.index ?? 0), $0) }, uniquingKeysWith: { first, _ in first })
    var coverage = TokenCoverage()
    var baseline: (unit: UInt32, results: CellResults)?
    try forEachOutcome(of: .sweep, where: { variants.keys.contains($0.variant) }) { outcome in
      guard case .cells(let results) = outcome.payload, let variant = variants[outcome.trial.variant] else { return }
      if variant == nil {
        try results.require(of: experiment, outcome.trial)
        baseline = (outcome.trial.unit, results)
        coverage.images += 1
      }
      guard let baseline, baseline.unit == outcome.trial.unit else {
        coverage.withoutBaseline += 1
        return
      }
      try results.require(of: experiment, outcome.trial, beside: baseline.results)
      try body(
        TokenOutcome(
          image: Int(outcome.trial.unit), variant: variant, results: results, baseline: baseline.results))
    }
    return coverage
  }
}

extension CellResults {
  /// The predictions at a site, [image token]; nil if it was not read.
  func predictions(at site: Site) -> [UInt16]? { sites.firstIndex(of: site).map { predictions[$0] } }

  /// Throws unless this can be a baseline of the experiment.
  fileprivate func require(of experiment: Experiment, _ trial: TrialID) throws(ExportError) {
    guard gold.count == experiment.model.grid.tokens, sites.contains(experiment.reference) else {
      throw Self.misfit(trial, experiment)
    }
  }

  /// Throws unless this can be an outcome of the experiment whose image has this baseline.
  fileprivate func require(
    of experiment: Experiment, _ trial: TrialID, beside baseline: CellResults
  ) throws(ExportError) {
    let tokens = experiment.model.grid.tokens
    guard trial.unit < experiment.data.evaluate.count, sets.gold.count == experiment.data.classes.count,
      predictions.allSatisfy({ $0.count == tokens }), targets.allSatisfy({ $0 < tokens }),
      sites.allSatisfy(baseline.sites.contains)
    else { throw Self.misfit(trial, experiment) }
  }

  private static func misfit(_ trial: TrialID, _ experiment: Experiment) -> ExportError {
    let grid = experiment.model.grid
    return ExportError(
      "the outcome of trial \(trial) is not of this experiment's \(grid.rows) × \(grid.columns) tokens and "
        + "\(experiment.data.classes.count) classes; was it computed for another spec?")
  }
}
