import Catalog

/// The runs of a report side by side, such as one model with several encoders: what the adapter drops and the layers recover.
struct Comparison {
  static let header = [
    "run", "images", "accuracy at the feature site %", "at the adapter %", "drop-off", "at the last site %",
    "recovery %", "relapse %",
    "net recovery",
  ]

  let runs: [Findings]

  /// One per run: its name, its images, then estimates with how they are written, nil where there is none.
  var rows: [(name: String, images: String, estimates: [(Estimate?, Estimate.Style)])] {
    runs.map { run in
      let last = run.sites.last
      return (
        run.name, run.clusterText,
        [
          (run.finding(at: run.featureSite)?.accuracy, .share), (run.finding(at: .adapter)?.accuracy, .share),
          (run.dropOff, .change), (last?.accuracy, .share), (last?.recovery, .share), (last?.relapse, .share),
          (last?.netRecovery, .change),
        ]
      )
    }
  }

  /// Why the runs' numbers can't be compared; nil if nothing here speaks against it.
  var obstacle: String? {
    guard let first = runs.first, let other = runs.dropFirst().first(where: { $0.classes != first.classes }) else {
      return nil
    }
    return other.classes.map(\.name) == first.classes.map(\.name)
      ? "\(first.name) and \(other.name) have other gold tokens, from other images, grids or geometries: compare what follows from them with care."
      : "\(first.name) and \(other.name) have other classes: their accuracies are not comparable."
  }
}
