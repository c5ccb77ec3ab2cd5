import Protocol

/// What is kept of an image's baseline: enough to pair every variant of the image with it.
struct ImageBaseline: Hashable, Sendable {
  /// Tokens with a gold class, and how many of them are wrong and correct at the reference.
  let valid, wrong, correct: Int
  /// Classes with gold tokens, as (class, tokens).
  let gold: [ClassTokens]
  /// One per probed site.
  let sites: [AtSite]

  /// A class and a number of tokens.
  struct ClassTokens: Hashable, Sendable {
    let label: Int
    let tokens: Int
  }

  /// Counts at one site.
  struct AtSite: Hashable, Sendable {
    let correct, recovered, relapsed: Int
    /// Classes that are predicted somewhere; an image has few.
    let classes: [ClassCounts]
  }

  /// Tokens of gold class `label` predicted as it, and all valid tokens predicted as it.
  struct ClassCounts: Hashable, Sendable {
    let label: Int
    let intersection: Int
    let predicted: Int
  }

  init(_ results: CellResults) {
    valid = Int(results.sets.valid)
    wrong = Int(results.sets.wrong)
    correct = Int(results.sets.correct)
    gold = results.sets.gold.enumerated().compactMap { label, tokens in
      tokens == 0 ? nil : ClassTokens(label: label, tokens: Int(tokens))
    }
    sites = results.counts.map { counts in
      AtSite(
        correct: Int(counts.correct), recovered: Int(counts.recovered), relapsed: Int(counts.relapsed),
        classes: counts.predicted.indices.compactMap { label in
          let (intersection, predicted) = (Int(counts.intersection[label]), Int(counts.predicted[label]))
          return predicted == 0
            ? nil : ClassCounts(label: label, intersection: intersection, predicted: predicted)
        })
    }
  }
}
