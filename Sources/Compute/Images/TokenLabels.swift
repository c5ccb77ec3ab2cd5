import Catalog

/// What an image's label map says of each image token, after the image's own geometry.
public struct TokenLabels: Sendable {
  /// [token]: the majority class of the patch's non-void pixels (ties to the lowest class); ``TokenContext/void`` if over
  /// half the patch is void.
  public let gold: [UInt16]
  /// [token, class]: the share of each class among the patch's non-void pixels; zero where there are none.
  public let distribution: [Float]
  let classes: Int

  /// How labels on disk map to classes.
  public struct Rule: Sendable {
    let classes: Int
    /// [label on disk]: the class, or nil for void; a label that is neither is an error.
    private let table: [Int?]
    private let known: [Bool]

    /// The rule of an experiment's data.
    public init(_ data: Experiment.Data) {
      classes = data.classes.count
      let void = Set(data.void)
      let classes = data.classes.count
      table = (0..<256).map { label in
        !void.contains(label) && (0..<classes).contains(label - data.labelOffset) ? label - data.labelOffset : nil
      }
      known = (0..<256).map { void.contains($0) || (0..<classes).contains($0 - data.labelOffset) }
    }

    /// A label that is neither a class nor void, if there is one, with how many pixels have it.
    fileprivate func stranger(in labels: Raster) -> (label: Int, pixels: Int)? {
      var counts = [Int](repeating: 0, count: 256)
      for label in labels.pixels { counts[Int(label)] += 1 }
      return counts.indices.first { counts[$0] > 0 && !known[$0] }.map { ($0, counts[$0]) }
    }

    fileprivate func classIndex(_ label: UInt8) -> Int? { table[Int(label)] }
  }

  /// Reads the labels of `image` on a grid of tokens.
  ///
  /// Throws an ``ImageError`` if the label map has another size than the image or holds an unlisted label.
  public init(
    labels: Raster, path: String, image: Raster, geometry: ImageGeometry, grid: Grid, rule: Rule
  ) throws {
    guard labels.width == image.width, labels.height == image.height else {
      throw ImageError(
        "\(path) is \(labels.width)×\(labels.height), but its image is \(image.width)×\(image.height)")
    }
    if let (label, pixels) = rule.stranger(in: labels) {
      throw ImageError(
        "\(path) holds label \(label) in \(pixels) pixels, which is neither one of the \(rule.classes) classes nor void; "
          + "list it under data.void or data.classes")
    }
    // Padding carries a mark of its own: no label at all.
    let cut = geometry.apply(toLabels: labels, padding: 0)
    let inside = geometry.apply(
      toLabels: Raster(
        width: labels.width, height: labels.height, channels: 1,
        pixels: [UInt8](repeating: 1, count: labels.pixels.count)), padding: 0)
    let (high, wide) = (cut.height / grid.rows, cut.width / grid.columns)
    var gold: [UInt16] = []
    var distribution = [Float](repeating: 0, count: grid.tokens * rule.classes)
    for token in 0..<grid.tokens {
      let (row, column) = token.quotientAndRemainder(dividingBy: grid.columns)
      var counts = [Int](repeating: 0, count: rule.classes)
      for y in row * high..<(row + 1) * high {
        for x in column * wide..<(column + 1) * wide where inside.pixels[y * cut.width + x] == 1 {
          if let index = rule.classIndex(cut.pixels[y * cut.width + x]) { counts[index] += 1 }
        }
      }
      let total = counts.reduce(0, +)
      let best = counts.indices.max { (counts[$0], -$0) < (counts[$1], -$1) } ?? 0
      // Void if more than half of the patch is.
      gold.append(2 * total >= high * wide && total > 0 ? UInt16(best) : TokenContext.void)
      if total > 0 {
        for (index, count) in counts.enumerated() {
          distribution[token * rule.classes + index] = Float(count) / Float(total)
        }
      }
    }
    self.gold = gold
    self.distribution = distribution
    classes = rule.classes
  }
}
