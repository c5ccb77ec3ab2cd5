import Catalog
import Foundation

/// The features of one shard of training images: what an `extract` trial writes and `fit` trials read.
///
/// A safetensors file with, for each probed site, a float32 tensor [token, hidden] named as the site; `targets`
/// [token, class], the label distribution; `gold` [token]; `images`, the number of tokens of each image in order; and
/// `pictures`, their digests (``PictureDigests``).
public enum FeatureFile {
  /// One image's drawn tokens.
  public struct ImageFeatures: Sendable {
    /// [token, hidden] per site.
    public let states: [Site: [Float]]
    /// [token, class]
    public let targets: [Float]
    /// [token]
    public let gold: [UInt16]
    /// ``LabelledInput/pixelDigest``; nil where the picture is not known.
    public let picture: Digest?

    /// Takes each property as it is.
    public init(states: [Site: [Float]], targets: [Float], gold: [UInt16], picture: Digest? = nil) {
      self.states = states
      self.targets = targets
      self.gold = gold
      self.picture = picture
    }
  }

  /// The tokens of an image that features are kept of: a seeded sample of at most `count` of those with a gold class,
  /// ascending. The draw depends on the image's name, not on its shard.
  public static func sample(_ gold: [UInt16], count: Int, seed: UInt64, image: String) -> [Int] {
    let valid = gold.indices.filter { gold[$0] != TokenContext.void }
    var generator = SeededGenerator(seed: seed, UInt64(naming: "features"), UInt64(naming: image))
    return generator.sample(count, of: valid).sorted()
  }

  /// The bytes of a shard's file; the same shard has the same bytes everywhere.
  public static func data(_ images: [ImageFeatures], sites: [Site], classes: Int) throws -> Data {
    var writer = SafetensorsWriter()
    let tokens = images.reduce(0) { $0 + $1.gold.count }
    for site in sites {
      let values = images.flatMap { $0.states[site] ?? [] }
      writer.add("\(site)", shape: [tokens, tokens == 0 ? 0 : values.count / tokens], values)
    }
    writer.add("targets", shape: [tokens, classes], images.flatMap(\.targets))
    writer.add("gold", shape: [tokens], images.flatMap { $0.gold.map(Int32.init) })
    writer.add("images", shape: [images.count], images.map { Int32($0.gold.count) })
    PictureDigests.add(images.compactMap(\.picture), as: "pictures", to: &writer)
    return try writer.data()
  }
}

/// All features of one site, in image order, from every shard.
struct SiteFeatures {
  /// [token, hidden]
  var values: [Float] = []
  /// [token, class]
  var targets: [Float] = []
  var gold: [Int] = []
  /// Where each image's tokens are.
  var images: [Range<Int>] = []
  /// The images' pictures, as far as they are known.
  var pictures: [Digest] = []
  let hidden: Int
  let classes: Int

  /// Reads the shards in order. Throws an error that names the file that does not fit.
  init(site: Site, files: [String], classes: Int) throws {
    var hidden = 0
    var tokens = 0
    for path in files {
      let file = try SafetensorsFile(path: path)
      let tensor = try file.tensor("\(site)")
      guard tensor.shape.count == 2, hidden == 0 || tensor.count == 0 || tensor.shape[1] == hidden else {
        throw ProbeError("\(path): \(site) has shape \(tensor.shape), unlike the shards before it")
      }
      if tensor.count > 0 { hidden = tensor.shape[1] }
      let gold = try file.integers("gold")
      let counts = try file.integers("images")
      let targets = try file.tensor("targets", shape: [gold.count, classes]).floats()
      // Each count is bounded first, so that their sum cannot overflow.
      guard tensor.shape[0] == gold.count, counts.allSatisfy((0...gold.count).contains),
        counts.reduce(0, +) == gold.count, gold.allSatisfy((0..<classes).contains)
      else { throw ProbeError("\(path): its tensors do not agree on the number of tokens") }
      values += tensor.floats()
      self.targets += targets
      self.gold += gold
      pictures += try PictureDigests.read("pictures", from: file)
      for count in counts {
        images.append(tokens..<tokens + count)
        tokens += count
      }
    }
    guard tokens > 0 else { throw ProbeError("there is no labelled token to fit the probe at \(site) on") }
    guard values.allSatisfy(\.isFinite) else { throw ProbeError("the features at \(site) hold NaN or infinity") }
    self.hidden = hidden
    self.classes = classes
  }

  private init(_ all: SiteFeatures, images kept: [Int]) {
    hidden = all.hidden
    classes = all.classes
    for image in kept {
      let range = all.images[image]
      let start = gold.count
      values += all.values[range.lowerBound * hidden..<range.upperBound * hidden]
      targets += all.targets[range.lowerBound * classes..<range.upperBound * classes]
      gold += all.gold[range]
      images.append(start..<gold.count)
    }
  }

  /// The features of some images only, in image order.
  func restricted(to images: [Int]) -> SiteFeatures { SiteFeatures(self, images: images) }

  /// The same with targets that put all weight on the gold class.
  func withMajorityTargets() -> SiteFeatures {
    var copy = self
    copy.targets = [Float](repeating: 0, count: targets.count)
    for (token, index) in gold.enumerated() { copy.targets[token * classes + index] = 1 }
    return copy
  }
}
