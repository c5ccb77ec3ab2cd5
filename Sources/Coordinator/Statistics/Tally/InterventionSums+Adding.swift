import Protocol

extension InterventionSums {
  /// Adds an image's treatment beside its baseline.
  mutating func add(treatment: Tally.Arm, to baseline: ImageBaseline, cluster: Int, _ intervention: Intervention) {
    images += 1
    self.treatment.add(treatment.edges)
    let arm = treatment.sets
    sets[cluster].valid += Int(arm.valid)
    sets[cluster].wrong += Int(arm.wrong)
    sets[cluster].targetWrong += Int(arm.targetWrong)
    sets[cluster].targetCorrect += Int(arm.targetCorrect)
    for (site, counts) in treatment.counts.enumerated() {
      let before = baseline.sites[intervention.probes[site]]
      let cell = cluster * intervention.sites.count + site
      sites[cell].correctChange += Int(counts.correct) - before.correct
      sites[cell].recovered += Int(counts.recovered)
      sites[cell].baselineRecovered += before.recovered
      sites[cell].targetRecovered += Int(counts.targetRecovered)
      sites[cell].targetRecoveredChange += Int(counts.targetRecovered) - Int(counts.baselineTargetRecovered)
      sites[cell].targetRelapsedChange += Int(counts.targetRelapsed) - Int(counts.baselineTargetRelapsed)
      for label in counts.predicted.indices {
        classes[site].gold[label] += Int(arm.gold[label])
        classes[site].intersection[label] += Int(counts.intersection[label])
        classes[site].predicted[label] += Int(counts.predicted[label])
      }
      baselineClasses[site].add(before.classes, gold: baseline.gold)
    }
  }

  /// Adds an image's control contrast: all draws of both arms, in the order of the draws.
  mutating func add(thinned: [Tally.Arm], controls: [Tally.Arm], cluster: Int, _ intervention: Intervention) {
    contrastImages += 1
    for (thin, control) in zip(thinned, controls) {
      self.thinned.add(thin.edges)
      self.control.add(control.edges)
      sets[cluster].drawsWrong += Int(control.sets.wrong)
      sets[cluster].drawsTargetWrong += Int(control.sets.targetWrong)
      sets[cluster].drawsTargetCorrect += Int(control.sets.targetCorrect)
      for site in intervention.sites.indices {
        let (thin, control) = (thin.counts[site], control.counts[site])
        let cell = cluster * intervention.sites.count + site
        sites[cell].contrastRecovered += Int(thin.targetRecovered) - Int(control.targetRecovered)
        sites[cell].contrastRelapsed += Int(thin.targetRelapsed) - Int(control.targetRelapsed)
        sites[cell].controlRecoveredChange += Int(control.targetRecovered) - Int(control.baselineTargetRecovered)
        sites[cell].controlRelapsedChange += Int(control.targetRelapsed) - Int(control.baselineTargetRelapsed)
        sites[cell].controlRecovered += Int(control.recovered)
      }
    }
  }
}

extension InterventionSums.ArmEdges {
  /// Adds an image's edges.
  fileprivate mutating func add(_ edges: CellResults.EdgeCounts) {
    effective += Int(edges.effective)
    toMatch += Int(edges.treatment)
    distance += Int(edges.distance)
  }
}
