import Catalog

extension PlaceFindings {
  /// The baseline of a tally, over the clusters `active`, which `bootstrap` resamples.
  init(_ tally: PlaceTally, active: [Int], _ bootstrap: Bootstrap) {
    let experiment = tally.experiment
    let reference = experiment.probes.sites.firstIndex(of: experiment.reference)
    accuracy = ByPlace(
      onAllCores(tally.strata.count) { stratum in
        let gain = tally.sites.last.flatMap { last in
          reference.map { last.correct(stratum, active, minus: tally.sites[$0]) }
        }
        return PlaceFinding(
          tokens: tally.sites.last.map { $0.correct(stratum, active).total.y } ?? 0,
          accuracy: tally.sites.map { bootstrap.estimate($0.correct(stratum, active)) },
          gain: gain.map(bootstrap.estimate) ?? Estimate(gap: .noProbe))
      })
    alike = onAllCores(tally.sites.count) { bootstrap.estimate(tally.sites[$0].alike(active)) }
    let boundary = tally.boundaryGold.reduce(0, +)
    constantAtBoundary = boundary == 0 ? nil : Double(tally.boundaryGold.max() ?? 0) / Double(boundary)
    let classes = experiment.data.classes
    mistakes = tally.mostFrequent(Self.followed).map { confusion, fate in
      Mistake(gold: classes[Int(confusion.gold)], predicted: classes[Int(confusion.predicted)], sites: fate.sites)
    }
  }
}

extension KnockoutPlaces {
  /// Intervention `index` of a tally, over the clusters `active`.
  init(_ tally: PlaceTally, _ index: Int, active: [Int], _ bootstrap: Bootstrap) {
    let (treated, untreated) = (tally.treated[index], tally.untreated[index])
    accuracy = ByPlace(
      tally.strata.indices.map { bootstrap.estimate(treated.correct($0, active, minus: untreated)) })
    alike = bootstrap.estimate(treated.alike(active, minus: untreated))
    mistakes = tally.mostFrequent(PlaceFindings.followed).map { $0.value.treated[index] }
  }
}

extension PlaceTally {
  /// The most frequent confusions, with what became of them.
  fileprivate func mostFrequent(_ count: Int) -> ArraySlice<(key: Confusion, value: Fate)> {
    fates.sorted { a, b in
      a.value.tokens == b.value.tokens
        ? (a.key.gold, a.key.predicted) < (b.key.gold, b.key.predicted) : a.value.tokens > b.value.tokens
    }.prefix(count)
  }
}

extension PlaceTally.Sums {
  /// Correct tokens of a stratum, less those of `other`, of all its tokens, by cluster.
  fileprivate func correct(_ stratum: Int, _ active: [Int], minus other: Self? = nil) -> ClusteredRatio {
    ClusteredRatio(
      active.map { cluster in
        let place = cluster * strata + stratum
        return (correct[place] - (other?.correct[place] ?? 0), tokens[place])
      })
  }

  /// Pairs that are predicted alike, less those of `other`, of all pairs, by cluster.
  fileprivate func alike(_ active: [Int], minus other: Self? = nil) -> ClusteredRatio {
    ClusteredRatio(active.map { (alike[$0] - (other?.alike[$0] ?? 0), pairs[$0]) })
  }
}
