import Catalog

extension Report {
  /// One line a site: the baseline.
  public var layersCSV: String { CSV.text(of: layersTable()) }
  /// One line a knockout, window and site: the effects.
  public var effectsCSV: String { CSV.text(of: effectsTable()) }
  /// One line a class: gold tokens, and IoU in the baseline at every site.
  public var classesCSV: String { CSV.text(of: classesTable) }

  /// One row a site.
  func layersTable(including isIncluded: (Site) -> Bool = { _ in true }) -> Table {
    let sites = findings.sites.filter { isIncluded($0.site) }
    let estimates: [[Table.Column]] = [
      .estimates("accuracy", sites.map(\.accuracy)), .estimates("miou", sites.map(\.meanIoU)),
      .estimates("recovery", sites.map(\.recovery)), .estimates("relapse", sites.map(\.relapse)),
      .estimates("net_recovery", sites.map(\.netRecovery)),
    ]
    return Table(
      columns: [.texts("site", sites.map(\.site.description))] + estimates.flatMap(\.self) + [
        .counts("clusters", sites.map(\.accuracy.clusters))
      ])
  }

  /// One row a knockout, window and site.
  func effectsTable(including isIncluded: (_ knockout: String, Site) -> Bool = { _, _ in true }) -> Table {
    let rows = findings.knockouts.flatMap { knockout in
      knockout.effects.filter { isIncluded(knockout.knockout, $0.site) }.map { (knockout, $0) }
    }
    let (knockouts, effects) = (rows.map(\.0), rows.map(\.1))
    let estimates: [[Table.Column]] = [
      .estimates("recovery_vs_baseline", effects.map(\.recovery.againstBaseline)),
      .estimates("recovery_vs_control", effects.map(\.recovery.againstControl)),
      .estimates("control_recovery_vs_baseline", effects.map(\.recovery.controlAgainstBaseline)),
      .estimates("relapse_vs_baseline", effects.map(\.relapse.againstBaseline)),
      .estimates("relapse_vs_control", effects.map(\.relapse.againstControl)),
      .estimates("control_relapse_vs_baseline", effects.map(\.relapse.controlAgainstBaseline)),
      .estimates("spill_over", effects.map(\.spillOver)), .estimates("accuracy_vs_baseline", effects.map(\.accuracy)),
      .estimates("recovery_level", effects.map(\.level)),
      .estimates("control_recovery_level", effects.map(\.controlLevel)),
    ]
    let cell: [Table.Column] = [
      .texts("knockout", knockouts.map(\.knockout)), .integers("first_layer", knockouts.map(\.window.first)),
      .integers("last_layer", knockouts.map(\.window.last)), .texts("site", effects.map(\.site.description)),
    ]
    let rest: [Table.Column] = [
      .numbers("miou", effects.map(\.meanIoU)), .numbers("baseline_miou", effects.map(\.baselineMeanIoU)),
      .counts("target_wrong", knockouts.map(\.targetWrong)),
      .counts("target_correct", knockouts.map(\.targetCorrect)), .counts("edges", knockouts.map(\.edges)),
      .numbers("share_matched", knockouts.map(\.control?.shareMatched)),
      .numbers("treatment_distance", knockouts.map(\.control?.treatmentDistance)),
      .numbers("control_distance", knockouts.map(\.control?.controlDistance)),
      .counts("images", knockouts.map(\.images.complete)),
      .counts("control_images", knockouts.map(\.control?.images.complete)),
      .texts("support", knockouts.map(\.support.rawValue)), .numbers("recovery_adjusted_p", effects.map(\.adjustedP)),
    ]
    return Table(columns: cell + estimates.flatMap(\.self) + rest)
  }

  private var classesTable: Table {
    let iou = findings.sites.map { site in Table.Column.numbers("iou_\(site.site)", site.classIoU) }
    return Table(
      columns: [
        .texts("class", findings.classes.map(\.name)), .counts("gold_tokens", findings.classes.map(\.gold)),
      ] + iou)
  }
}
