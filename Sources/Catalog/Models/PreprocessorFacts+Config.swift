/// Reads `preprocessor_config.json`, with transformers' defaults for the keys that it leaves out.
extension PreprocessorFacts {
  /// One of the classes of ``Kind``, which must cut images into tiles as `family` does.
  init(_ config: ModelConfig, family: ModelFamily) throws {
    let kind = try Kind(config, family: family)
    try config.require("do_convert_rgb", isOneOf: [nil, true], because: "images are always converted to RGB here")
    try config.refuse("crop_pct", "size_divisor", because: "\(kind.rawValue) has no such option")
    if kind.tiling != .baseImage {
      try config.refuse("image_grid_pinpoints", because: "\(kind.rawValue) has no such option")
    }
    guard let filter = try Filter(rawValue: config.integer("resample", default: kind.filter.rawValue, in: 0...5)) else {
      throw config.error(
        "resample", "is none of 1 (Lanczos), 2 (bilinear) and 3 (bicubic), the filters of this version")
    }
    let normalised = try config.flag("do_normalize", default: true)
    let std = try normalised ? config.numbers("image_std", count: 3, default: kind.std) : [1, 1, 1]
    guard std.allSatisfy({ $0 > 0 }) else { throw config.error("image_std", "is not positive") }
    self.init(
      padding: try Self.padding(config, kind), firstResize: try Self.firstResize(config, kind),
      resize: try Self.resize(config, kind), filter: filter,
      crop: try Self.crop(config, kind),
      rescale: try config.flag("do_rescale", default: true) ? config.number("rescale_factor", default: 1 / 255.0) : 1,
      mean: try normalised ? config.numbers("image_mean", count: 3, default: kind.mean) : [0, 0, 0], std: std)
  }

  private static func padding(_ config: ModelConfig, _ kind: Kind) throws -> Padding? {
    switch kind {
    case .llava: return try config.flag("do_pad", default: false) ? .square : nil
    case .prismatic:
      // resize-naive checkpoints are converted to a CLIPImageProcessor.
      guard try config.text("image_resize_strategy") == "letterbox" else {
        throw config.error("image_resize_strategy", "is not letterbox, the only one of this processor here")
      }
      return .letterbox
    case .clip, .siglip, .bit:
      try config.require("do_pad", isOneOf: [nil, false], because: "\(kind.rawValue) does not pad to a square")
      return nil
    // Where there are tiles, do_pad pads their number.
    case .llavaNext, .llavaOnevision, .idefics3, .smolvlm: return nil
    }
  }

  /// `Idefics3ImageProcessor` brings an image to `size`, as if to split it, before it makes one tile of it.
  private static func firstResize(_ config: ModelConfig, _ kind: Kind) throws -> Resize? {
    guard kind.tiling == .singleTile, try config.flag("do_resize", default: true) else { return nil }
    let size = try config.object("size")
    try size.allow(["longest_edge", "height", "width"])
    guard size.has("height"), !size.has("longest_edge") else {
      return .longestEdge(try size.integer("longest_edge", default: 4 * 364, in: 1...4096))
    }
    return .exact(
      height: try size.integer("height", in: 1...4096), width: try size.integer("width", in: 1...4096))
  }

  private static func resize(_ config: ModelConfig, _ kind: Kind) throws -> Resize? {
    func square(_ side: Int) -> Resize { .exact(height: side, width: side) }
    if kind.tiling == .singleTile {
      let size = try config.object("max_image_size")
      try size.allow(["longest_edge"])
      return square(try size.integer("longest_edge", default: 364, in: 1...4096))
    }
    // The base image is brought to its size whatever do_resize says: that is of the tiles.
    guard try kind.tiling == .baseImage || config.flag("do_resize", default: true) else { return nil }
    if let side = try? config.integer("size", in: 1...4096) {
      return kind == .siglip || kind.tiling == .baseImage ? square(side) : .shortestEdge(side)
    }
    let size = try config.object("size")
    try size.allow(["shortest_edge", "height", "width"])
    let hasSquare = kind == .siglip || kind == .llavaOnevision
    if size.has("shortest_edge") || (!hasSquare && !size.has("height")) {
      let edge = try size.integer("shortest_edge", default: 224, in: 1...4096)
      return kind.tiling == .baseImage ? square(edge) : .shortestEdge(edge)
    }
    let missing = config.has("size") ? nil : kind == .llavaOnevision ? 384 : 224
    return .exact(
      height: try size.integer("height", default: missing, in: 1...4096),
      width: try size.integer("width", default: missing, in: 1...4096))
  }

  private static func crop(_ config: ModelConfig, _ kind: Kind) throws -> (height: Int, width: Int)? {
    if kind.tiling == .singleTile {
      try config.require("do_center_crop", isOneOf: [nil, false], because: "\(kind.rawValue) has no such option")
      return nil
    }
    guard try config.flag("do_center_crop", default: kind != .siglip && kind != .llavaOnevision) else { return nil }
    if let side = try? config.integer("crop_size", in: 1...4096) { return (side, side) }
    let size = try config.object("crop_size")
    try size.allow(["height", "width"])
    return (
      try size.integer("height", default: 224, in: 1...4096), try size.integer("width", default: 224, in: 1...4096)
    )
  }

  /// Height and width of its output; nil if that is no square, or depends on the image.
  var side: Int? {
    switch (crop, resize) {
    case (let crop?, _): crop.height == crop.width ? crop.height : nil
    case (nil, .exact(let height, let width)): height == width ? height : nil
    case (nil, .shortestEdge), (nil, .longestEdge), (nil, nil): nil
    }
  }

  /// The processor, by its class in transformers.
  private enum Kind: String, CaseIterable {
    case clip = "CLIPImageProcessor"
    case siglip = "SiglipImageProcessor"
    case bit = "BitImageProcessor"
    case llava = "LlavaImageProcessor"
    /// Of OpenVLA, which is a Prismatic model; `tools/convert_prismatic.py` writes it.
    case prismatic = "PrismaticImageProcessor"
    case llavaNext = "LlavaNextImageProcessor"
    case llavaOnevision = "LlavaOnevisionImageProcessor"
    case idefics3 = "Idefics3ImageProcessor"
    case smolvlm = "SmolVLMImageProcessor"

    init(_ config: ModelConfig, family: ModelFamily) throws {
      let key = config.has("image_processor_type") ? "image_processor_type" : "feature_extractor_type"
      let name = try config.text(key, default: Self.usual(family).rawValue)
      // The suffix says how transformers computes, not what.
      let plain = ["Fast", "Pil"].reduce(name) { $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0 }
      let fitting = Self.allCases.filter { $0.tiling == family.tiling }
      let kind = Self(rawValue: plain.replacing("FeatureExtractor", with: "ImageProcessor"))
      guard let kind, fitting.contains(kind) else {
        throw config.error(
          key,
          "is '\(name)'; this version supports \(fitting.map(\.rawValue).joined(separator: ", ")) for "
            + "\(family.rawValue)")
      }
      self = kind
    }

    private static func usual(_ family: ModelFamily) -> Self {
      switch family {
      case .llava: .clip
      case .llavaNext: .llavaNext
      case .llavaOnevision: .llavaOnevision
      case .idefics3: .idefics3
      case .smolvlm: .smolvlm
      case .paligemma: .siglip
      }
    }

    var tiling: Tiling? {
      switch self {
      case .clip, .siglip, .bit, .llava, .prismatic: nil
      case .llavaNext, .llavaOnevision: .baseImage
      case .idefics3, .smolvlm: .singleTile
      }
    }

    var filter: Filter { tiling == .singleTile ? .lanczos : .bicubic }

    private var isStandard: Bool { self == .siglip || tiling == .singleTile }
    /// IMAGENET_STANDARD_MEAN for SigLIP, Idefics3 and SmolVLM, OPENAI_CLIP_MEAN for the others.
    var mean: [Double] { isStandard ? [0.5, 0.5, 0.5] : [0.48145466, 0.4578275, 0.40821073] }
    /// IMAGENET_STANDARD_STD, OPENAI_CLIP_STD likewise.
    var std: [Double] { isStandard ? [0.5, 0.5, 0.5] : [0.26862954, 0.26130258, 0.27577711] }
  }
}
