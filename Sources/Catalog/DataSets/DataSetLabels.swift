/// What the labels of a data set mean.
public struct DataSetLabels: Hashable, Sendable {
  /// Class names, by index.
  public let classes: [String]
  /// [class]: the labels on disk that mean it.
  public let labels: [[Int]]
  /// Labels on disk that carry no class.
  public let void: [Int]
  /// How label maps hold labels.
  public let encoding: LabelEncoding

  /// Takes each property as it is; without `labels` a class's label is its index.
  public init(classes: [String], labels: [[Int]]? = nil, void: [Int], encoding: LabelEncoding = .indices) {
    self.classes = classes
    self.labels = labels ?? classes.indices.map { [$0] }
    self.void = void
    self.encoding = encoding
  }
}
