import Catalog

extension KnockoutFinding {
  /// Intervention `index` of `tally`, over the clusters `active`.
  init(_ tally: Tally, _ index: Int, active: [Int], _ bootstrap: Bootstrap) {
    let intervention = tally.interventions[index]
    let sums = tally.sums[index]
    let rule = tally.experiment.knockouts[intervention.knockout]
    let total = tally.experiment.data.evaluate.count
    knockout = rule.name
    self.rule = rule.text(classes: tally.experiment.data.classes)
    edit = rule.edit
    window = intervention.window
    images = Findings.Coverage(complete: sums.images, total: total)
    targetWrong = sums.sets.reduce(0) { $0 + $1.targetWrong }
    targetCorrect = sums.sets.reduce(0) { $0 + $1.targetCorrect }
    edges = sums.treatment.effective
    let control = rule.control.map { control in
      ControlFinding(
        draws: control.draws, from: control.from?.text(classes: tally.experiment.data.classes),
        images: Findings.Coverage(complete: sums.contrastImages, total: total),
        shareMatched: quotient(sums.control.effective, sums.control.toMatch),
        treatmentDistance: quotient(sums.thinned.distance, sums.thinned.effective),
        controlDistance: quotient(sums.control.distance, sums.control.effective))
    }
    self.control = control
    support = Self.support(edges: sums.treatment.effective, control)
    effects = intervention.sites.enumerated().map { position, site in
      EffectFinding(
        site: site, sums, hasControl: rule.control != nil,
        InterventionRatios(sums: sums, site: position, stride: intervention.sites.count, active: active), bootstrap)
    }
  }

  private static func support(edges: Int, _ control: ControlFinding?) -> Support {
    if edges == 0 { return .noEdges }
    guard let control else { return .noControl }
    guard let share = control.shareMatched else { return .controlMissing }
    return share >= ControlFinding.enoughMatched ? .matched : .tooFewMatched
  }
}

extension Knockout {
  /// `block wrong → correct where anchor, heads 0, 3`.
  fileprivate func text(classes: [String]) -> String {
    var text = "\(edit) \(queries.text(classes: classes)) → \(keys.text(classes: classes))"
    if !relations.isEmpty { text += " where " + relations.map(\.description).joined(separator: " and ") }
    if case .some(let heads) = heads { text += ", heads " + heads.map(String.init).joined(separator: ", ") }
    return text
  }
}

extension EffectFinding {
  fileprivate init(
    site: Site, _ sums: InterventionSums, hasControl: Bool, _ ratios: InterventionRatios, _ bootstrap: Bootstrap
  ) {
    func treated(_ ratio: ClusteredRatio) -> Estimate {
      sums.images == 0 ? Estimate(gap: .notComputed) : bootstrap.estimate(ratio)
    }
    func contrasted(_ ratio: ClusteredRatio) -> Estimate? {
      guard hasControl else { return nil }
      return sums.contrastImages == 0 ? Estimate(gap: .notComputed) : bootstrap.estimate(ratio)
    }
    self.site = site
    recovery = Comparison(
      againstBaseline: treated(ratios.recoveryChange), againstControl: contrasted(ratios.recoveryContrast),
      controlAgainstBaseline: contrasted(ratios.controlRecoveryChange))
    relapse = Comparison(
      againstBaseline: treated(ratios.relapseChange), againstControl: contrasted(ratios.relapseContrast),
      controlAgainstBaseline: contrasted(ratios.controlRelapseChange))
    spillOver = treated(ratios.spillOver)
    accuracy = treated(ratios.accuracyChange)
    level = treated(ratios.level)
    controlLevel = contrasted(ratios.controlLevel)
    meanIoU = MeanIoU.mean(sums.classes[ratios.site])
    baselineMeanIoU = MeanIoU.mean(sums.baselineClasses[ratios.site])
  }
}

/// nil without a denominator.
private func quotient(_ numerator: Int, _ denominator: Int) -> Double? {
  denominator == 0 ? nil : Double(numerator) / Double(denominator)
}
