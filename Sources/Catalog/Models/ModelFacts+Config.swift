/// Reads `config.json` and `preprocessor_config.json`, with transformers' defaults for the keys that they leave out.
extension ModelFacts {
  /// Throws a ``ModelError`` that names the file and key that is missing, damaged or not supported.
  public init(directory: String) throws {
    let config = try ModelConfig(file: "\(directory)/config.json")
    let family = try config.choice("model_type", ModelFamily.self)
    try config.refuse("quantization_config", because: "quantised weights are not read; use the original checkpoint")
    let preprocessor = try PreprocessorFacts(ModelConfig(file: "\(directory)/preprocessor_config.json"))
    let vision = try VisionFacts(config.object("vision_config"), input: preprocessor.side)
    try Self.check(preprocessor, takes: vision.image, in: directory)
    let grid = Grid(rows: vision.side, columns: vision.side)
    self.init(
      directory: directory, family: family, vision: vision, connector: try ConnectorFacts(config, vision: vision),
      decoder: try DecoderFacts(config.object("text_config"), longest: Self.prefixLimit + grid.tokens),
      preprocessor: preprocessor, grid: grid)
  }

  /// Every image must come out at the encoder's size.
  private static func check(_ preprocessor: PreprocessorFacts, takes side: Int, in directory: String) throws {
    let file = "\(directory)/preprocessor_config.json"
    if let crop = preprocessor.crop {
      guard crop.height == side, crop.width == side else {
        throw ModelError(
          "\(file): crop_size is \(crop.height)×\(crop.width), but the vision encoder takes \(side)×\(side)")
      }
    } else {
      guard preprocessor.resize == .exact(height: side, width: side) else {
        throw ModelError(
          "\(file): without do_center_crop, size must be the vision encoder's height and width, \(side)×\(side)")
      }
    }
  }
}

extension ConnectorFacts {
  /// The connector's keys of `LlavaConfig`.
  init(_ config: ModelConfig, vision: VisionFacts) throws {
    let indices = try config.integers("vision_feature_layer", default: [-2])
    let sites = indices.map { $0 < 0 ? vision.layers + 1 + $0 : $0 }
    guard !sites.isEmpty, sites.allSatisfy({ (0...vision.layers).contains($0) }) else {
      throw config.error(
        "vision_feature_layer", "names a layer that the encoder of \(vision.layers) layers does not have")
    }
    try Self.checkStrategy(config, vision)
    self.init(
      activation: try config.choice("projector_hidden_act", Activation.self, default: .gelu),
      bias: try config.flag("multimodal_projector_bias", default: true), featureSites: sites)
  }

  /// Image tokens are the patches, no more and no less. transformers' `default` drops the first token, whatever it is, and
  /// `full` none; `patches`, which it does not have, keeps exactly the patches of any encoder.
  private static func checkStrategy(_ config: ModelConfig, _ vision: VisionFacts) throws {
    let key = "vision_feature_select_strategy"
    let strategy = try config.text(key, default: "default")
    switch (strategy, vision.leadingTokens) {
    case ("patches", _), ("default", 1), ("full", 0): return
    case ("default", 0):
      throw config.error(
        key, "is 'default', which drops the first patch: this encoder has no class token ('full' fits it)")
    case ("default", _):
      throw config.error(
        key,
        "is 'default', which keeps the \(vision.registers) registers as image tokens: they have no "
          + "place on the grid ('patches' drops them)")
    case ("full", _):
      throw config.error(key, "is 'full': the class token has no place on the grid in this version")
    default:
      throw config.error(key, "is '\(strategy)'; this version supports default, full, patches")
    }
  }
}

extension PreprocessorFacts {
  /// `CLIPImageProcessor`, `SiglipImageProcessor` or `BitImageProcessor`.
  init(_ config: ModelConfig) throws {
    let kind = try Kind(config)
    try config.require("do_pad", isOneOf: [nil, false], because: "this version does not pad to a square")
    try config.require("do_convert_rgb", isOneOf: [nil, true], because: "images are always converted to RGB here")
    try config.refuse(
      "crop_pct", "image_grid_pinpoints", "size_divisor", because: "\(kind.rawValue) has no such option")
    guard let filter = try Filter(rawValue: config.integer("resample", default: 3, in: 0...5)) else {
      throw config.error("resample", "is neither 2 (bilinear) nor 3 (bicubic), the filters of this version")
    }
    var resize: Resize?
    if try config.flag("do_resize", default: true) {
      if let side = try? config.integer("size", in: 1...4096) {
        resize = kind == .siglip ? .exact(height: side, width: side) : .shortestEdge(side)
      } else {
        let size = try config.object("size")
        try size.allow(["shortest_edge", "height", "width"])
        if size.has("shortest_edge") || (kind != .siglip && !size.has("height")) {
          resize = .shortestEdge(try size.integer("shortest_edge", default: 224, in: 1...4096))
        } else {
          let missing = config.has("size") ? nil : 224
          resize = .exact(
            height: try size.integer("height", default: missing, in: 1...4096),
            width: try size.integer("width", default: missing, in: 1...4096))
        }
      }
    }
    var crop: (height: Int, width: Int)?
    if try config.flag("do_center_crop", default: kind != .siglip) {
      if let side = try? config.integer("crop_size", in: 1...4096) {
        crop = (side, side)
      } else {
        let size = try config.object("crop_size")
        try size.allow(["height", "width"])
        crop = (
          try size.integer("height", default: 224, in: 1...4096), try size.integer("width", default: 224, in: 1...4096)
        )
      }
    }
    let normalised = try config.flag("do_normalize", default: true)
    let std = try normalised ? config.numbers("image_std", count: 3, default: kind.std) : [1, 1, 1]
    guard std.allSatisfy({ $0 > 0 }) else { throw config.error("image_std", "is not positive") }
    self.init(
      resize: resize, filter: filter, crop: crop,
      rescale: try config.flag("do_rescale", default: true) ? config.number("rescale_factor", default: 1 / 255.0) : 1,
      mean: try normalised ? config.numbers("image_mean", count: 3, default: kind.mean) : [0, 0, 0], std: std)
  }

  /// Height and width of its output; nil if that is no square, or depends on the image.
  fileprivate var side: Int? {
    switch (crop, resize) {
    case (let crop?, _): crop.height == crop.width ? crop.height : nil
    case (nil, .exact(let height, let width)): height == width ? height : nil
    case (nil, .shortestEdge), (nil, nil): nil
    }
  }

  /// The processor, by its class in transformers.
  private enum Kind: String, CaseIterable {
    case clip = "CLIPImageProcessor"
    case siglip = "SiglipImageProcessor"
    case bit = "BitImageProcessor"

    init(_ config: ModelConfig) throws {
      let key = config.has("image_processor_type") ? "image_processor_type" : "feature_extractor_type"
      let name = try config.text(key, default: Self.clip.rawValue)
      // The suffix says how transformers computes, not what.
      let plain = ["Fast", "Pil"].reduce(name) { $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0 }
      guard let kind = Self(rawValue: plain.replacing("FeatureExtractor", with: "ImageProcessor")) else {
        throw config.error(
          key, "is '\(name)'; this version supports \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      self = kind
    }

    /// IMAGENET_STANDARD_MEAN for SigLIP, OPENAI_CLIP_MEAN for the others.
    var mean: [Double] { self == .siglip ? [0.5, 0.5, 0.5] : [0.48145466, 0.4578275, 0.40821073] }
    /// IMAGENET_STANDARD_STD for SigLIP, OPENAI_CLIP_STD for the others.
    var std: [Double] { self == .siglip ? [0.5, 0.5, 0.5] : [0.26862954, 0.26130258, 0.27577711] }
  }
}
