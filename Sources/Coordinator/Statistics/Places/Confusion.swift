/// A mistake at the reference: what a token is, and what it was predicted as.
struct Confusion: Hashable, Sendable {
  let gold: UInt16
  let predicted: UInt16
}

/// What became of the tokens of one ``Confusion``, over all images.
struct Fate: Hashable, Sendable {
  /// [site] in the baseline.
  var sites: [Mistake.Ends]
  /// [intervention] under the treatment, at the last site computed.
  var treated: [Mistake.Ends]

  init(sites: Int, interventions: Int) {
    self.sites = Array(repeating: Mistake.Ends(), count: sites)
    treated = Array(repeating: Mistake.Ends(), count: interventions)
  }

  /// How often the mistake was made.
  var tokens: Int { sites.first?.tokens ?? 0 }
}

extension Mistake.Ends {
  /// Counts a token of `confusion` that is predicted as `now`.
  mutating func add(_ now: UInt16, _ confusion: Confusion) {
    if now == confusion.gold {
      right += 1
    } else if now == confusion.predicted {
      same += 1
    } else {
      other += 1
    }
  }
}

extension ImagePlaces {
  /// The mistake of a token of W.
  func confusion(of token: Int) -> Confusion { Confusion(gold: gold[token], predicted: reference[token]) }
}
