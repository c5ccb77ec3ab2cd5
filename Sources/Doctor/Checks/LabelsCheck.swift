import Coordinator

/// What the sampled tokens' gold classes are.
struct LabelsCheck: Check {
  func finding(_ evidence: Evidence) -> Finding? {
    guard let counts = evidence.sweep?.counts, counts.tokens > 0 else { return nil }
    let void = Percent.plain(Double(counts.void) / Double(counts.tokens))
    let seen = counts.classes.count { $0.tokens > 0 }
    var advice: [String] = []
    if 2 * counts.void > counts.tokens {
      advice.append(
        "\(void) % of the tokens that were tried are void: look whether data.void and data.classes say what the label "
          + "maps mean")
    }
    if seen == 1, let only = counts.classes.first {
      advice.append(
        "only class '\(only.name.printable)' occurs in the images that were tried: a probe needs at least two")
    }
    return Finding(
      "labels",
      "\(Readable.count(counts.tokens, "token")), \(void) % void, \(seen) of \(counts.classes.count) classes",
      advice: advice)
  }
}

extension SweepEvidence {
  /// The tokens of the sampled images; nil without a spec.
  var counts: SampleCounts? {
    reading.spec.map { SampleCounts(sample, classes: $0.experiment.data.classes) }
  }
}
