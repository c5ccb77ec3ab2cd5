import Catalog
import Compute
import Protocol

/// An evaluation image after its baseline walk, ready for variants.
final class SweepImage {
  let unit: Int
  let baseline: ImageBaseline
  let context: TokenContext
  let counting: Counting
  private let experiment: Experiment
  private var treatments: [TreatmentKey: EdgeSet] = [:]

  private struct TreatmentKey: Hashable {
    let knockout: Int
    let window: LayerWindow
  }

  /// Reads the image and walks its baseline; throws an error that names the file at fault.
  init(unit: Int, session: WorkSession) throws {
    self.unit = unit
    experiment = session.experiment
    let entry = experiment.data.evaluate[unit]
    let facts = session.engine.model.facts
    let input = try LabelledInput(
      entry, facts: facts, rule: session.rule, geometry: experiment.data.geometry)
    try session.refuseTrainingPicture(input.pixelDigest, of: entry)
    baseline = try session.engine.baseline(
      pixels: input.pixels, prompt: experiment.model.prompt, readouts: session.readouts)
    context = TokenContext(
      image: entry.name, facts: facts, prompt: experiment.model.prompt, gold: input.labels.gold,
      predictions: baseline.predictions, reference: experiment.reference)
    counting = Counting(
      classes: experiment.data.classes.count, gold: input.labels.gold, baseline: baseline.predictions,
      reference: experiment.reference)
  }

  /// The baseline trial's results.
  var baselineResults: CellResults {
    counting.results(
      baseline.predictions, targets: [], edges: .init(effective: 0, treatment: 0, distance: 0), isBaseline: true)
  }

  /// A variant's effective edges, and how many its treatment has.
  func edges(of variant: Variant) throws -> (edges: EdgeSet, treatment: Int) {
    let knockout = experiment.knockouts[variant.knockout]
    let key = TreatmentKey(knockout: variant.knockout, window: variant.window)
    let treatment = try treatments[key] ?? knockout.effectiveEdges(in: context, window: variant.window)
    treatments[key] = treatment
    func drawn(_ draw: Int) throws -> MatchedDraw {
      try MatchedDraw(
        of: treatment, knockout: knockout, window: variant.window, context: context, seed: experiment.seed, draw: draw)
    }
    return switch variant.arm {
    case .treatment: (treatment, treatment.count)
    case .thinned(let draw): (try drawn(draw).thinned, treatment.count)
    case .control(let draw): (try drawn(draw).control, treatment.count)
    }
  }

  /// A variant's results from its predictions.
  func results(of edges: EdgeSet, treatment: Int, predictions: [Site: [UInt16]]) -> CellResults {
    counting.results(
      predictions, targets: edges.targets(in: context),
      edges: .init(
        effective: UInt32(edges.count), treatment: UInt32(treatment), distance: UInt64(edges.distance(in: context))),
      isBaseline: false)
  }
}
