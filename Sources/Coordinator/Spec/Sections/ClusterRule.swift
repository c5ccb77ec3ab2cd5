import Catalog
import Foundation

/// Groups images by what a pattern captures of their names.
struct ClusterRule {
  private let expression: NSRegularExpression
  /// Where the pattern is written, or the layout that it belongs to.
  private let place: SpecValue

  /// The spec's pattern; nil after reporting that it is none.
  init?(_ value: SpecValue) {
    guard let pattern = value.text() else { return nil }
    guard let expression = try? NSRegularExpression(pattern: pattern) else {
      value.fail("'\(pattern)' is not a regular expression")
      return nil
    }
    guard expression.numberOfCaptureGroups >= 1 else {
      value.fail("'\(pattern)' captures nothing; put the part that names the cluster into parentheses")
      return nil
    }
    self.expression = expression
    place = value
  }

  /// The pattern of a known data set; nil if its images stand each by itself.
  init?(of known: KnownDataSet, layout: SpecValue) {
    guard let pattern = known.cluster, let expression = try? NSRegularExpression(pattern: pattern) else { return nil }
    self.expression = expression
    place = layout
  }

  /// The images in their clusters; nil after reporting the first name that does not match.
  func clustered(_ images: [LabelledImage]) -> [LabelledImage]? {
    if let stray = images.map(\.name).sorted().first(where: { cluster(of: $0) == nil }) {
      place.fail("'\(expression.pattern)' does not match the image name '\(stray)', so the image has no cluster")
      return nil
    }
    return images.map {
      LabelledImage(name: $0.name, image: $0.image, mask: $0.mask, cluster: cluster(of: $0.name) ?? $0.name)
    }
  }

  /// The first captured group; nil if the name does not match.
  private func cluster(of name: String) -> String? {
    guard let match = expression.firstMatch(in: name, range: NSRange(name.startIndex..., in: name)),
      let range = Range(match.range(at: 1), in: name)
    else { return nil }
    return String(name[range])
  }
}
