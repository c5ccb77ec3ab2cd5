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
    let encoding: LabelEncoding
    /// [label on disk]: the class or ``void``; nil where the data set has no such label.
    private let table: [UInt8?]
    /// Of a pixel without a class; no class has this index, since a data set has at most 255.
    fileprivate static let void = UInt8.max

    /// The rule of an experiment's data.
    public init(_ data: Experiment.Data) {
      classes = data.classes.count
      encoding = data.encoding
      var table = [UInt8?](
        repeating: encoding.isVoidByDefault ? Self.void : nil, count: encoding.labels.upperBound + 1)
      for (index, labels) in data.labels.prefix(min(classes, Int(Self.void))).enumerated() {
        for label in labels where table.indices.contains(label) { table[label] = UInt8(index) }
      }
      for label in data.void where table.indices.contains(label) { table[label] = Self.void }
      self.table = table
    }

    /// The class of each pixel; throws an ``ImageError`` that counts the pixels of a label that is neither a class nor void.
    fileprivate func classes(of map: LabelMap, path: String) throws -> Raster {
      var counts = [Int](repeating: 0, count: table.count)
      for label in map.labels { counts[Int(label)] += 1 }
      if let label = counts.indices.first(where: { counts[$0] > 0 && table[$0] == nil }) {
        throw ImageError(
          "\(path) holds label \(label) in \(counts[label]) pixels, which is neither one of the \(classes) classes nor "
            + "void; with layout folder, list it under data.void or data.classes")
      }
      let meanings = table.map { $0 ?? Self.void }
      return Raster(
        width: map.width, height: map.height, channels: 1, pixels: map.labels.map { meanings[Int($0)] })
    }
  }

  /// Reads the labels of `image` on a grid of tokens, each `tokenSide` pixels wide and high (nil: as the grid divides the
  /// image). What they leave of the image at its right and lower edges belongs to none.
  ///
  /// Throws an ``ImageError`` if the label map has another size than the image or holds an unlisted label.
  public init(
    labels: LabelMap, path: String, image: Raster, geometry: ImageGeometry, grid: Grid, tokenSide: Int? = nil,
    rule: Rule
  ) throws {
    guard labels.width == image.width, labels.height == image.height else {
      throw ImageError(
        "\(path) is \(labels.width)×\(labels.height), but its image is \(image.width)×\(image.height)")
    }
    let cut = geometry.apply(toLabels: try rule.classes(of: labels, path: path), padding: Rule.void)
    let (high, wide) = (tokenSide ?? cut.height / grid.rows, tokenSide ?? cut.width / grid.columns)
    var gold: [UInt16] = []
    var distribution = [Float](repeating: 0, count: grid.tokens * rule.classes)
    for token in 0..<grid.tokens {
      let (row, column) = token.quotientAndRemainder(dividingBy: grid.columns)
      var counts = [Int](repeating: 0, count: rule.classes)
      for y in row * high..<(row + 1) * high {
        for pixel in cut.pixels[y * cut.width + column * wide..<y * cut.width + (column + 1) * wide]
        where pixel != Rule.void { counts[Int(pixel)] += 1 }
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
