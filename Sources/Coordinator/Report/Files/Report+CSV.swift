extension Report {
  /// One line a site: the baseline.
  public var layersCSV: String {
    var csv = CSV(
      header: ["site"]
        + ["accuracy", "miou", "recovery", "relapse", "net_recovery"].flatMap { Estimate.header($0) } + ["clusters"])
    for site in findings.sites {
      let columns = [site.accuracy, site.meanIoU, site.recovery, site.relapse, site.netRecovery]
      csv.add([site.site.description] + columns.flatMap(\.csv) + ["\(site.accuracy.clusters)"])
    }
    return csv.text
  }

  /// One line a knockout, window and site: the effects.
  public var effectsCSV: String {
    let estimates = [
      "recovery_vs_baseline", "recovery_vs_control", "control_recovery_vs_baseline", "relapse_vs_baseline",
      "relapse_vs_control", "control_relapse_vs_baseline", "spill_over", "accuracy_vs_baseline", "recovery_level",
      "control_recovery_level",
    ]
    var csv = CSV(
      header: ["knockout", "first_layer", "last_layer", "site"] + estimates.flatMap { Estimate.header($0) } + [
        "miou", "baseline_miou", "target_wrong", "target_correct", "edges", "share_matched", "treatment_distance",
        "control_distance", "images", "control_images", "support", "recovery_adjusted_p",
      ])
    for knockout in findings.knockouts {
      for effect in knockout.effects { csv.add(row(knockout, effect)) }
    }
    return csv.text
  }

  private func row(_ knockout: KnockoutFinding, _ effect: EffectFinding) -> [String] {
    let (recovery, relapse) = (effect.recovery, effect.relapse)
    let estimates: [Estimate?] = [
      recovery.againstBaseline, recovery.againstControl, recovery.controlAgainstBaseline, relapse.againstBaseline,
      relapse.againstControl, relapse.controlAgainstBaseline, effect.spillOver, effect.accuracy, effect.level,
      effect.controlLevel,
    ]
    let control = knockout.control
    let numbers = [control?.shareMatched, control?.treatmentDistance, control?.controlDistance]
    return [knockout.knockout, "\(knockout.window.first)", "\(knockout.window.last)", effect.site.description]
      + estimates.flatMap { $0?.csv ?? Estimate.noCSV }
      + [effect.meanIoU, effect.baselineMeanIoU].map { $0.map { "\($0)" } ?? "" }
      + ["\(knockout.targetWrong)", "\(knockout.targetCorrect)", "\(knockout.edges)"]
      + numbers.map { $0.map { "\($0)" } ?? "" }
      + [
        "\(knockout.images.complete)", control.map { "\($0.images.complete)" } ?? "", knockout.support.rawValue,
        effect.adjustedP.map { "\($0)" } ?? "",
      ]
  }

  /// One line a class: gold tokens, and IoU in the baseline at every site.
  public var classesCSV: String {
    var csv = CSV(header: ["class", "gold_tokens"] + findings.sites.map { "iou_\($0.site)" })
    for (index, label) in findings.classes.enumerated() {
      csv.add(
        [label.name, "\(label.gold)"] + findings.sites.map { site in site.classIoU[index].map { "\($0)" } ?? "" })
    }
    return csv.text
  }
}
