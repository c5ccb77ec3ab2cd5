/// Sums over images per class, for IoU.
struct ClassSums: Hashable, Sendable {
  /// [class].
  var gold: [Int]
  var intersection: [Int]
  var predicted: [Int]

  init(classes: Int) {
    gold = Array(repeating: 0, count: classes)
    intersection = gold
    predicted = gold
  }
}

extension ClassSums {
  /// Adds one image at one site.
  mutating func add(_ classes: [ImageBaseline.ClassCounts], gold tokens: [ImageBaseline.ClassTokens]) {
    for entry in tokens { gold[entry.label] += entry.tokens }
    for entry in classes {
      intersection[entry.label] += entry.intersection
      predicted[entry.label] += entry.predicted
    }
  }
}
