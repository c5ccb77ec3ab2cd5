import Catalog

extension CellResults {
  /// Throws unless the parts fit together: the same rules before sending and after receiving.
  func validate() throws(WireError) {
    try validateShapes()
    let classes = sets.gold.count
    for site in predictions {
      try WireReading.require(
        site.allSatisfy { $0 < classes }, "outcome.cells.predictions", "has a class that is not below \(classes)")
    }
    try WireReading.require(
      gold.allSatisfy { $0 < classes || $0 == Self.void }, "outcome.cells.gold",
      "has a class that is neither below \(classes) nor void")
    try validateCounts()
  }

  private func validateShapes() throws(WireError) {
    let classes = sets.gold.count
    let tokens = predictions.first?.count ?? gold.count
    try WireReading.require(
      (1...WireLimits.classes).contains(classes), "outcome.cells.sets.gold",
      "has \(classes) classes, not 1 to \(WireLimits.classes)")
    try WireReading.require(
      sites.count <= WireLimits.sites, "outcome.cells.sites", "has more than \(WireLimits.sites) elements")
    try WireReading.require(sites.isStrictlyAscending, "outcome.cells.sites", "must be ascending")
    try WireReading.require(
      predictions.count == sites.count, "outcome.cells.predictions",
      "has \(predictions.count) elements for \(sites.count) sites")
    try WireReading.require(
      counts.count == sites.count, "outcome.cells.counts", "has \(counts.count) elements for \(sites.count) sites")
    try WireReading.require(
      tokens <= WireLimits.tokens && predictions.allSatisfy { $0.count == tokens }, "outcome.cells.predictions",
      "must have the same number of tokens at every site, at most \(WireLimits.tokens)")
    try WireReading.require(
      gold.isEmpty || gold.count == tokens, "outcome.cells.gold", "has \(gold.count) labels for \(tokens) tokens")
    try WireReading.require(targets.isStrictlyAscending, "outcome.cells.targets", "must be ascending")
    try WireReading.require(
      targets.allSatisfy { $0 < (sites.isEmpty ? WireLimits.tokens : tokens) }, "outcome.cells.targets",
      "has a token that is not below \(tokens)")
  }

  private func validateCounts() throws(WireError) {
    let (wrong, correct) = (sets.wrong, sets.correct)
    try WireReading.require(sets.valid <= WireLimits.tokens, "outcome.cells.sets.valid", "exceeds the tokens")
    try WireReading.require(
      UInt64(wrong) + UInt64(correct) <= UInt64(sets.valid), "outcome.cells.sets.wrong",
      "and correct are more than the valid tokens")
    try WireReading.require(sets.targetWrong <= wrong, "outcome.cells.sets.target_wrong", "exceeds wrong")
    try WireReading.require(sets.targetCorrect <= correct, "outcome.cells.sets.target_correct", "exceeds correct")
    for site in counts {
      let rules: [(UInt32, UInt32, String)] = [
        (site.correct, sets.valid, "correct"),
        (site.recovered, wrong, "recovered"),
        (site.relapsed, correct, "relapsed"),
        (site.targetRecovered, sets.targetWrong, "target_recovered"),
        (site.targetRelapsed, sets.targetCorrect, "target_relapsed"),
        (site.baselineTargetRecovered, sets.targetWrong, "baseline_target_recovered"),
        (site.baselineTargetRelapsed, sets.targetCorrect, "baseline_target_relapsed"),
      ]
      for (part, whole, field) in rules where part > whole {
        throw WireError(field: "outcome.cells.counts.\(field)", "is \(part), more than the \(whole) of its set")
      }
      for (classes, field) in [(site.intersection, "intersection"), (site.predicted, "predicted")] {
        try WireReading.require(
          classes.count == sets.gold.count, "outcome.cells.counts.\(field)",
          "has \(classes.count) elements for \(sets.gold.count) classes")
      }
    }
  }
}
