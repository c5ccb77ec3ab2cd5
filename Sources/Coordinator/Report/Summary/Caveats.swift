/// What limits a report's statements.
enum Caveats {
  static func points(_ report: Report) -> [Summary.Point] {
    (numbers(report.findings) + comparison(report) + tiling(report) + methods(report.findings) + reproducibility(report))
      .map {
        Summary.Point(kind: .caveat, text: $0)
      }
  }

  private static func numbers(_ findings: Findings) -> [String] {
    var texts: [String] = []
    if findings.clusters < Findings.enoughClusters {
      texts.append(
        "The intervals rest on \(findings.clusterText), fewer than \(Findings.enoughClusters): they are likely to be too "
          + "narrow.")
    }
    let gaps = findings.gaps
    let of = "of \(Percent.grouped(gaps.trials.total)) trials of the sweep"
    let early = gaps.quarantined.count { $0.trial.stage != .sweep }
    if early > 0 {
      texts.append("\(early) trials before the sweep were given up: the probes lack what they would have given.")
    }
    let lost = gaps.quarantined.count - early
    if lost > 0 {
      let affected = findings.knockouts.count { $0.images.complete < $0.images.total }
      texts.append(
        "\(Percent.grouped(lost)) \(of) were given up. \(findings.images.complete) of "
          + "\(findings.images.total) images have a baseline, and \(affected) of \(findings.knockouts.count) "
          + "knockout windows lack an image; a missing image is left out of every number that needs it.")
    }
    if gaps.waiting > 0 {
      texts.append("\(Percent.grouped(gaps.waiting)) \(of) have no result yet: the sweep has not ended.")
    }
    return texts
  }

  private static func comparison(_ report: Report) -> [String] { report.comparison?.obstacle.map { [$0] } ?? [] }

  private static func tiling(_ report: Report) -> [String] { report.provenance.tiling.map { [$0.sentence] } ?? [] }

  private static func methods(_ findings: Findings) -> [String] {
    var texts = [
      "Recovery has a floor: tokens chosen for being wrong at \(findings.reference) are right more often when read again, "
        + "by regression to the mean. This version does not compute that floor; net recovery and accuracy have none."
    ]
    if findings.knockouts.contains(where: { $0.control.map { $0.from == nil } ?? false }) {
      texts.append(
        "A control draws from the query's other image keys at matched distance, whatever they are. So an effect beyond it "
          + "does not show that it matters whether the source is correct; “matched: {from: wrong}” would ask that.")
    }
    if findings.knockouts.count > 1 {
      texts.append(
        "Each interval stands for itself: of many windows without any effect about one in twenty has an interval that excludes "
          + "0. The p values are adjusted for all windows and sites of one knockout, not for several knockouts together."
      )
    }
    return texts
  }

  private static func reproducibility(_ report: Report) -> [String] {
    var texts: [String] = []
    if !report.provenance.bitReproducible {
      texts.append("Workers with different CPU kernels were allowed: the numbers are not bit-reproducible.")
    }
    if report.provenance.dtype == .bf16 {
      texts.append(
        "Matrix products multiplied numbers rounded to bfloat16, which moves hidden states by about a hundredth: small effects may"
          + " be other than in float32.")
    }
    if report.provenance.nondeterminism > 0 {
      texts.append(
        "\(report.provenance.nondeterminism) repeated trials gave another result than the committed one"
          + (report.provenance.bitReproducible ? ": a fault of hardware or program that should be found first." : "."))
    }
    return texts
  }
}
