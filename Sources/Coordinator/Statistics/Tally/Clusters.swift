import Catalog

/// The clusters of the evaluation images, numbered in the order in which they first appear. Images of one cluster are
/// resampled together.
public struct Clusters: Hashable, Sendable {
  /// ``LabelledImage/cluster`` of each.
  public let names: [String]
  /// [image], an index into `names`.
  public let ofImage: [Int]

  /// Groups `images` by ``LabelledImage/cluster``.
  public init(_ images: [LabelledImage]) {
    var numbers: [String: Int] = [:]
    var names: [String] = []
    ofImage = images.map { image in
      if let number = numbers[image.cluster] { return number }
      numbers[image.cluster] = names.count
      names.append(image.cluster)
      return names.count - 1
    }
    self.names = names
  }
}
