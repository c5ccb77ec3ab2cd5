import Catalog
import Compute
import Coordinator

/// An image that was decoded with its label map, or could not be.
public struct SampledImage: Sendable {
  /// Its files.
  public var image: LabelledImage
  /// How the camera was held, as EXIF numbers it; nil if the file does not say.
  public var orientation: Int?
  /// What a worker would compute from, or why it cannot.
  public var content: Result<LabelledInput, ImageError>

  /// At most `images` training and as many evaluation images: those that a pilot run of the spec takes.
  static func some(of spec: Spec, images: Int) -> [SampledImage] {
    let data = spec.experiment.pilot(images: images).data
    let rule = TokenLabels.Rule(data)
    return (data.train + data.evaluate).map { image in
      SampledImage(
        image: image, orientation: (try? ImageFile.orientation(image.image)) ?? nil,
        content: Result { () throws(ImageError) in
          do { return try LabelledInput(image, facts: spec.facts, rule: rule, geometry: data.geometry) } catch {
            throw error as? ImageError ?? ImageError("\(error)")
          }
        })
    }
  }

  /// The decoded image; nil if it could not be.
  var input: LabelledInput? { try? content.get() }
}

/// Token counts of the sampled images that can be used.
public struct SampleCounts: Hashable, Sendable, Encodable {
  /// How many images there are.
  public let images: Int
  /// How many of them can be used.
  public let usable: Int
  /// Image tokens of the usable ones.
  public let tokens: Int
  /// Tokens without a class.
  public let void: Int
  /// Every class with how many tokens it has, the most frequent first.
  public let classes: [ClassCount]

  /// A class and its tokens.
  public struct ClassCount: Hashable, Sendable, Encodable {
    /// The class's name.
    public let name: String
    /// Tokens whose gold it is.
    public let tokens: Int
  }

  init(_ sample: [SampledImage], classes: [String]) {
    let golds = sample.compactMap { $0.input?.labels.gold }
    images = sample.count
    usable = golds.count
    tokens = golds.reduce(0) { $0 + $1.count }
    void = golds.reduce(0) { $0 + $1.count { $0 == TokenContext.void } }
    let counts = Dictionary(golds.joined().map { (Int($0), 1) }, uniquingKeysWith: +)
    self.classes = classes.enumerated().map { ClassCount(name: $1, tokens: counts[$0] ?? 0) }
      .sorted { $0.tokens > $1.tokens }
  }
}
