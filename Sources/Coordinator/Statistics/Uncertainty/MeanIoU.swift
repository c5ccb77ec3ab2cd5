/// Intersection over union at tokens: sums over the data set, per class, then the mean over the classes with at least
/// one gold token.
enum MeanIoU {
  /// Intersection / (gold + predicted − intersection) of each class, [class]; nil for a class without a gold token.
  static func perClass(_ sums: ClassSums) -> [Double?] {
    sums.gold.indices.map { label in
      guard sums.gold[label] > 0 else { return nil }
      let union = sums.gold[label] + sums.predicted[label] - sums.intersection[label]
      return Double(sums.intersection[label]) / Double(union)
    }
  }

  /// The mean of ``perClass(_:)`` in the order of classes; nil if no class has a gold token.
  static func mean(_ sums: ClassSums) -> Double? {
    let values = perClass(sums).compactMap(\.self)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The estimate at probed site `site`, with clusters resampled. A class of which a resample holds no gold token does
  /// not count in that resample; the same classes do at every site.
  static func estimate(_ baselines: [[ImageBaseline]], site: Int, classes: Int, _ bootstrap: Bootstrap) -> Estimate {
    let empty = ClassSums(classes: classes)
    let clusters = baselines.map { images in
      var sums = empty
      for image in images { sums.add(image.sites[site].classes, gold: image.gold) }
      return SparseClassSums(sums)
    }
    var total = empty
    for cluster in clusters { cluster.add(to: &total) }
    guard let value = mean(total) else { return Estimate(gap: .emptySet) }
    let values = (0..<bootstrap.replicates).map { replicate in
      var sums = empty
      for cluster in bootstrap.resample(replicate) { clusters[Int(cluster)].add(to: &sums) }
      return mean(sums)
    }
    let holding = clusters.count { !$0.entries.isEmpty }
    return Estimate(
      value: value, counts: nil, clusters: holding, interval: bootstrap.interval(of: values, clusters: holding))
  }

  /// The classes that occur in one cluster: few of a data set's many.
  private struct SparseClassSums {
    struct Entry {
      let label: Int
      let gold: Int
      let intersection: Int
      let predicted: Int
    }
    let entries: [Entry]

    init(_ sums: ClassSums) {
      entries = sums.gold.indices.compactMap { label in
        sums.gold[label] == 0 && sums.predicted[label] == 0
          ? nil
          : Entry(
            label: label, gold: sums.gold[label], intersection: sums.intersection[label],
            predicted: sums.predicted[label])
      }
    }

    func add(to sums: inout ClassSums) {
      for entry in entries {
        sums.gold[entry.label] += entry.gold
        sums.intersection[entry.label] += entry.intersection
        sums.predicted[entry.label] += entry.predicted
      }
    }
  }
}
