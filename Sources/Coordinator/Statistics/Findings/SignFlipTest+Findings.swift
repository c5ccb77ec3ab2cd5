import Catalog

extension SignFlipTest {
  /// Sets ``EffectFinding/adjustedP`` of the findings of `tally`, which are in the order of its interventions. One knockout's heat
  /// map is one family: its p values are adjusted for all of its windows and sites together.
  ///
  /// Cells of windows for which no effect may be claimed are no part of it: which they are does not depend on any prediction.
  func adjust(_ findings: inout [KnockoutFinding], of tally: Tally, active: [Int]) {
    for knockout in tally.experiment.knockouts.indices {
      var cells: [(intervention: Int, site: Int, ratio: ClusteredRatio)] = []
      for (index, intervention) in tally.interventions.enumerated()
      where intervention.knockout == knockout && findings[index].support.allowsClaim {
        for site in intervention.sites.indices {
          let ratios = InterventionRatios(
            sums: tally.sums[index], site: site, stride: intervention.sites.count, active: active)
          let ratio = findings[index].control == nil ? ratios.recoveryChange : ratios.recoveryContrast
          if ratio.total.y != 0 { cells.append((index, site, ratio)) }
        }
      }
      for (cell, p) in zip(cells, adjusted(cells.map(\.ratio))) {
        findings[cell.intervention].effects[cell.site].adjustedP = p
      }
    }
  }
}
