import CSweep
import Catalog

extension CellResults {
  func wire(in arena: MessageArena) throws(WireError) -> UnsafeMutablePointer<Sweep__CellResults> {
    try validate()
    let classes = sets.gold.count
    let message = arena.message(sweep__cell_results__init)
    message.pointee.n_sites = sites.count
    var names: [UnsafeMutablePointer<CChar>?] = []
    for site in sites { names.append(try arena.text("\(site)", "outcome.cells.sites")) }
    message.pointee.sites = arena.array(names)
    message.pointee.n_predictions = predictions.count
    message.pointee.predictions = arena.array(predictions.map { ClassIndices.wire($0, classes: classes, in: arena) })
    message.pointee.gold = ClassIndices.wire(gold, classes: classes, in: arena)
    message.pointee.n_targets = targets.count
    message.pointee.targets = arena.array(targets)
    message.pointee.edges = edges.wire(in: arena)
    message.pointee.sets = sets.wire(in: arena)
    message.pointee.n_counts = counts.count
    message.pointee.counts = arena.array(counts.map { $0.wire(in: arena) })
    return message
  }

  init(_ wire: Sweep__CellResults) throws(WireError) {
    let sets = try SetCounts(WireReading.message(wire.sets, "outcome.cells.sets"))
    let classes = sets.gold.count
    var predictions: [[UInt16]] = []
    for bytes in try WireReading.list(
      wire.predictions, wire.n_predictions, "outcome.cells.predictions", atMost: WireLimits.sites)
    {
      predictions.append(try ClassIndices.read(bytes, classes: classes, "outcome.cells.predictions"))
    }
    self.init(
      sites: try WireReading.list(wire.sites, wire.n_sites, "outcome.cells.sites", atMost: WireLimits.sites) {
        name throws(WireError) in
        let text = try WireReading.text(name, "outcome.cells.sites")
        guard let site = Site(text) else {
          throw WireError(field: "outcome.cells.sites", "names '\(text)', which is not a site")
        }
        return site
      },
      predictions: predictions, gold: try ClassIndices.read(wire.gold, classes: classes, "outcome.cells.gold"),
      targets: Array(
        try WireReading.list(wire.targets, wire.n_targets, "outcome.cells.targets", atMost: WireLimits.tokens)),
      edges: EdgeCounts(try WireReading.message(wire.edges, "outcome.cells.edges")), sets: sets,
      counts: try WireReading.list(wire.counts, wire.n_counts, "outcome.cells.counts", atMost: WireLimits.sites) {
        counts throws(WireError) in try SiteCounts(counts.pointee)
      })
    try validate()
  }
}

extension CellResults.EdgeCounts {
  fileprivate func wire(in arena: MessageArena) -> UnsafeMutablePointer<Sweep__EdgeCounts> {
    let message = arena.message(sweep__edge_counts__init)
    message.pointee.effective = effective
    message.pointee.treatment = treatment
    message.pointee.distance = distance
    return message
  }

  fileprivate init(_ wire: Sweep__EdgeCounts) {
    self.init(effective: wire.effective, treatment: wire.treatment, distance: wire.distance)
  }
}

extension CellResults.SetCounts {
  fileprivate func wire(in arena: MessageArena) -> UnsafeMutablePointer<Sweep__SetCounts> {
    let message = arena.message(sweep__set_counts__init)
    message.pointee.valid = valid
    message.pointee.wrong = wrong
    message.pointee.correct = correct
    message.pointee.target_wrong = targetWrong
    message.pointee.target_correct = targetCorrect
    message.pointee.n_gold = gold.count
    message.pointee.gold = arena.array(gold)
    return message
  }

  fileprivate init(_ wire: Sweep__SetCounts) throws(WireError) {
    self.init(
      valid: wire.valid, wrong: wire.wrong, correct: wire.correct, targetWrong: wire.target_wrong,
      targetCorrect: wire.target_correct,
      gold: Array(
        try WireReading.list(wire.gold, wire.n_gold, "outcome.cells.sets.gold", atMost: WireLimits.classes)))
  }
}

extension CellResults.SiteCounts {
  fileprivate func wire(in arena: MessageArena) -> UnsafeMutablePointer<Sweep__SiteCounts> {
    let message = arena.message(sweep__site_counts__init)
    message.pointee.correct = correct
    message.pointee.recovered = recovered
    message.pointee.relapsed = relapsed
    message.pointee.target_recovered = targetRecovered
    message.pointee.target_relapsed = targetRelapsed
    message.pointee.baseline_target_recovered = baselineTargetRecovered
    message.pointee.baseline_target_relapsed = baselineTargetRelapsed
    message.pointee.n_intersection = intersection.count
    message.pointee.intersection = arena.array(intersection)
    message.pointee.n_predicted = predicted.count
    message.pointee.predicted = arena.array(predicted)
    return message
  }

  fileprivate init(_ wire: Sweep__SiteCounts) throws(WireError) {
    self.init(
      correct: wire.correct, recovered: wire.recovered, relapsed: wire.relapsed,
      targetRecovered: wire.target_recovered, targetRelapsed: wire.target_relapsed,
      baselineTargetRecovered: wire.baseline_target_recovered,
      baselineTargetRelapsed: wire.baseline_target_relapsed,
      intersection: Array(
        try WireReading.list(
          wire.intersection, wire.n_intersection, "outcome.cells.counts.intersection", atMost: WireLimits.classes)),
      predicted: Array(
        try WireReading.list(
          wire.predicted, wire.n_predicted, "outcome.cells.counts.predicted", atMost: WireLimits.classes)))
  }
}
