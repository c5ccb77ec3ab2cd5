import Catalog

/// Reads `data.train` and `data.evaluate`: which images of a split, in which order.
struct SplitReader {
  /// nil if the files' layout is not known.
  let layout: DataSetLayout?
  let cluster: ClusterRule?
  let seed: UInt64

  /// What a split is for.
  enum Role: String {
    case train, evaluate
  }

  struct Split {
    let images: [LabelledImage]
    let tokensPerImage: Int?
  }

  private static let tokenLimit = 65_536

  /// The images in a seeded order, so that the first ones are a random sample of the split and `images: N` can grow; nil
  /// after reporting what is wrong.
  func read(_ value: SpecValue, role: Role) -> Split? {
    let keys = role == .train ? ["split", "images", "tokens_per_image"] : ["split", "images"]
    guard let mapping = value.mapping(keys: keys) else { return nil }
    let tokens = mapping["tokens_per_image"].flatMap { $0.integer(in: 1...Self.tokenLimit) }
    let wanted = mapping["images"].flatMap { $0.isWord("all") ? nil : $0.integer(in: 1...Int.max, or: "all") }
    guard let name = mapping.required("split", "the split's name, such as train").flatMap({ $0.text() }), let layout
    else { return nil }
    guard let listed = list(layout, split: name, mapping) else { return nil }
    if let wanted, wanted > listed.count {
      mapping["images"]?.fail("\(wanted) images are asked for, but split '\(name)' has \(listed.count)")
      return nil
    }
    let images = Self.sample(wanted ?? listed.count, of: listed, role, seed: seed)
    guard let grouped = cluster.map({ $0.clustered(images) }) ?? images else { return nil }
    return Split(images: grouped, tokensPerImage: tokens)
  }

  /// The first `count` images of the order that the seed gives to `images`, which are sorted by name.
  static func sample(_ count: Int, of images: [LabelledImage], _ role: Role, seed: UInt64) -> [LabelledImage] {
    var generator = SeededGenerator(seed: seed, UInt64(naming: "order of images"), UInt64(naming: role.rawValue))
    return generator.sample(count, of: images)
  }

  private func list(_ layout: DataSetLayout, split: String, _ mapping: SpecMapping) -> [LabelledImage]? {
    do {
      return try layout.list(split: split)
    } catch {
      mapping["split"]?.fail("the images of '\(split)' cannot be used: \(error)")
      return nil
    }
  }
}
