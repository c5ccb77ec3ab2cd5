/// Reads `config.json` and `preprocessor_config.json`, with transformers' defaults for the keys that they leave out.
extension ModelFacts {
  /// Throws a ``ModelError`` that names the file and key that is missing, damaged or not supported.
  public init(directory: String) throws {
    let config = try ModelConfig(file: "\(directory)/config.json")
    let family = try config.choice("model_type", ModelFamily.self)
    try config.refuse("quantization_config", because: "quantised weights are not read; use the original checkpoint")
    let vision = try VisionFacts(config.object("vision_config"))
    let decoder = try DecoderFacts(config.object("text_config"))
    let connector = try ConnectorFacts(config, layers: vision.layers)
    let preprocessor = try PreprocessorFacts(ModelConfig(file: "\(directory)/preprocessor_config.json"))
    try Self.check(preprocessor, takes: vision.image, in: directory)
    guard !connector.keepsClassToken else {
      throw config.error(
        "vision_feature_select_strategy", "is 'full': the class token has no place on the grid in this version")
    }
    self.init(
      directory: directory, family: family, vision: vision, connector: connector, decoder: decoder,
      preprocessor: preprocessor, grid: Grid(rows: vision.side, columns: vision.side))
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

extension VisionFacts {
  /// `CLIPVisionConfig`.
  init(_ config: ModelConfig) throws {
    let patch = try config.integer("patch_size", default: 32, in: 1...256)
    let image = try config.integer("image_size", default: 224, in: 1...4096)
    let hidden = try config.integer("hidden_size", default: 768, in: 1...65_536)
    let heads = try config.integer("num_attention_heads", default: 12, in: 1...1024)
    guard image % patch == 0 else {
      throw config.error("image_size", "(\(image)) is not a multiple of patch_size (\(patch))")
    }
    guard hidden % heads == 0 else {
      throw config.error("hidden_size", "(\(hidden)) is not a multiple of the \(heads) heads")
    }
    guard try config.integer("num_channels", default: 3) == 3 else { throw config.error("num_channels", "is not 3") }
    self.init(
      kind: try config.choice("model_type", Kind.self, default: .clip), hidden: hidden,
      layers: try config.integer("num_hidden_layers", default: 12, in: 1...1024), heads: heads,
      intermediate: try config.integer("intermediate_size", default: 3072), patch: patch, image: image,
      layerNormEps: try config.positive("layer_norm_eps", default: 1e-5),
      activation: try config.choice("hidden_act", Activation.self, default: .quickGELU))
  }
}

extension ConnectorFacts {
  /// The connector's keys of `LlavaConfig`.
  init(_ config: ModelConfig, layers: Int) throws {
    let indices = try config.integers("vision_feature_layer", default: [-2])
    let sites = indices.map { $0 < 0 ? layers + 1 + $0 : $0 }
    guard !sites.isEmpty, sites.allSatisfy({ (0...layers).contains($0) }) else {
      throw config.error("vision_feature_layer", "names a layer that the encoder of \(layers) layers does not have")
    }
    let strategy = try config.text("vision_feature_select_strategy", default: "default")
    guard ["default", "full"].contains(strategy) else {
      throw config.error("vision_feature_select_strategy", "is '\(strategy)'; this version supports default, full")
    }
    self.init(
      activation: try config.choice("projector_hidden_act", Activation.self, default: .gelu),
      bias: try config.flag("multimodal_projector_bias", default: true), featureSites: sites,
      keepsClassToken: strategy == "full")
  }
}

extension DecoderFacts {
  /// `LlamaConfig`.
  init(_ config: ModelConfig) throws {
    let hidden = try config.integer("hidden_size", default: 4096, in: 1...131_072)
    let heads = try config.integer("num_attention_heads", default: 32, in: 1...1024)
    let keyValueHeads = try config.integer("num_key_value_heads", default: heads, in: 1...1024)
    guard heads % keyValueHeads == 0 else {
      throw config.error("num_key_value_heads", "(\(keyValueHeads)) does not divide the \(heads) heads")
    }
    if !config.has("head_dim"), hidden % heads != 0 {
      throw config.error("hidden_size", "(\(hidden)) is not a multiple of the \(heads) heads")
    }
    let headSize = try config.integer("head_dim", default: hidden / heads, in: 2...4096)
    guard headSize % 2 == 0 else { throw config.error("head_dim", "(\(headSize)) is odd, so it cannot be rotated") }
    guard try config.choice("hidden_act", Activation.self, default: .silu) == .silu else {
      throw config.error("hidden_act", "is not silu, the only gate of this version")
    }
    try config.refuse(
      "sliding_window", "attention_multiplier", "residual_multiplier", "embedding_multiplier", "num_local_experts",
      because: "a plain LLaMA has none")
    guard try config.texts("layer_types").allSatisfy({ $0 == "full_attention" }) else {
      throw config.error("layer_types", "lists others than full_attention, the only one of this version")
    }
    self.init(
      kind: try config.choice("model_type", Kind.self, default: .llama), hidden: hidden,
      layers: try config.integer("num_hidden_layers", default: 32, in: 1...1024), heads: heads,
      keyValueHeads: keyValueHeads, headSize: headSize,
      intermediate: try config.integer("intermediate_size", default: 11_008),
      vocabulary: try config.integer("vocab_size", default: 32_000, in: 1...10_000_000),
      normEps: try config.positive("rms_norm_eps", default: 1e-6), rope: try RopeFacts(config),
      attentionBias: try config.flag("attention_bias", default: false),
      mlpBias: try config.flag("mlp_bias", default: false))
  }
}

extension RopeFacts {
  /// `rope_theta` and `rope_scaling`, or `rope_parameters` of transformers 5.
  init(_ config: ModelConfig) throws {
    let parameters = try config.object("rope_parameters")
    let scaling = try config.has("rope_parameters") ? parameters : config.object("rope_scaling")
    let theta = try parameters.number("rope_theta", default: config.number("rope_theta", default: 10_000))
    guard theta > 1 else { throw config.error("rope_theta", "is \(theta), not above 1") }
    for object in [config, scaling] where try object.number("partial_rotary_factor", default: 1) != 1 {
      throw object.error("partial_rotary_factor", "is not 1: this version rotates whole heads")
    }
    try scaling.allow([
      "rope_theta", "rope_type", "type", "factor", "low_freq_factor", "high_freq_factor",
      "original_max_position_embeddings", "partial_rotary_factor",
    ])
    let type = try scaling.text("rope_type", default: scaling.text("type", default: "default"))
    switch type {
    case "default": self.init(theta: theta, scaling: .none)
    case "linear": self.init(theta: theta, scaling: .linear(factor: try scaling.positive("factor")))
    case "llama3":
      self.init(
        theta: theta,
        scaling: .llama3(
          factor: try scaling.positive("factor"), lowFrequency: try scaling.positive("low_freq_factor"),
          highFrequency: try scaling.positive("high_freq_factor"),
          originalPositions: try scaling.integer("original_max_position_embeddings", in: 1...100_000_000)))
    default: throw scaling.error("rope_type", "is '\(type)'; this version supports default, linear, llama3")
    }
  }
}

extension PreprocessorFacts {
  /// `CLIPImageProcessor`.
  init(_ config: ModelConfig) throws {
    let type = try config.text("image_processor_type", default: "CLIPImageProcessor")
    guard ["CLIPImageProcessor", "CLIPImageProcessorFast", "CLIPImageProcessorPil"].contains(type) else {
      throw config.error("image_processor_type", "is '\(type)'; this version supports CLIPImageProcessor")
    }
    try config.require("do_pad", isOneOf: [nil, false], because: "this version does not pad to a square")
    try config.require("do_convert_rgb", isOneOf: [nil, true], because: "images are always converted to RGB here")
    try config.refuse(
      "crop_pct", "image_grid_pinpoints", "size_divisor", because: "CLIPImageProcessor has no such option")
    var resize: Resize?
    if try config.flag("do_resize", default: true) {
      guard try config.integer("resample", default: 3, in: 0...5) == 3 else {
        throw config.error("resample", "is not 3 (bicubic), the only one of this version")
      }
      if let side = try? config.integer("size", in: 1...4096) {
        resize = .shortestEdge(side)
      } else {
        let size = try config.object("size")
        try size.allow(["shortest_edge", "height", "width"])
        resize =
          size.has("shortest_edge") || !size.has("height")
          ? .shortestEdge(try size.integer("shortest_edge", default: 224, in: 1...4096))
          : .exact(height: try size.integer("height", in: 1...4096), width: try size.integer("width", in: 1...4096))
      }
    }
    var crop: (height: Int, width: Int)?
    if try config.flag("do_center_crop", default: true) {
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
    let std = try normalised ? config.numbers("image_std", count: 3, default: Self.clipStd) : [1, 1, 1]
    guard std.allSatisfy({ $0 > 0 }) else { throw config.error("image_std", "is not positive") }
    self.init(
      resize: resize, crop: crop,
      rescale: try config.flag("do_rescale", default: true) ? config.number("rescale_factor", default: 1 / 255.0) : 1,
      mean: try normalised ? config.numbers("image_mean", count: 3, default: Self.clipMean) : [0, 0, 0], std: std)
  }

  /// OPENAI_CLIP_MEAN and OPENAI_CLIP_STD of transformers.
  private static let clipMean = [0.48145466, 0.4578275, 0.40821073]
  private static let clipStd = [0.26862954, 0.26130258, 0.27577711]
}
