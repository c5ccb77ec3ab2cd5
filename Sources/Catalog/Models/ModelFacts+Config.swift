/// Reads `config.json` and `preprocessor_config.json`, with transformers' defaults for the keys that they leave out.
extension ModelFacts {
  /// Throws a ``ModelError`` that names the file and key that is missing, damaged or not supported.
  public init(directory: String) throws {
    let config = try ModelConfig(file: "\(directory)/config.json")
    if let name = try? config.text("model_type"), let why = ModelFamily.refusal(of: name) {
      throw config.error("model_type", "is '\(name)': \(why)")
    }
    let family = try config.choice("model_type", ModelFamily.self)
    func part(_ key: String) throws -> ModelConfig {
      guard config.has(key) else { throw config.error(key, "is missing") }
      return try config.object(key)
    }
    try config.refuse("quantization_config", because: "quantised weights are not read; use the original checkpoint")
    let preprocessor = try PreprocessorFacts(
      ModelConfig(file: "\(directory)/preprocessor_config.json"), family: family)
    let vision = try VisionFacts(part("vision_config"), family: family, input: preprocessor.side)
    try Self.check(preprocessor, takes: vision.image, family, in: directory)
    let connector = try ConnectorFacts(config, family: family, vision: vision)
    let grid = Grid(rows: vision.side / connector.scale, columns: vision.side / connector.scale)
    let decoder = try DecoderFacts(
      part("text_config"), family: family, longest: Self.prefixLimit + grid.tokens)
    if family == .paligemma { try Self.checkProjection(config, to: decoder) }
    self.init(
      directory: directory, family: family, vision: vision, connector: connector, decoder: decoder,
      preprocessor: preprocessor, grid: grid)
  }

  /// PaliGemma's config says how wide its connector's output is.
  private static func checkProjection(_ config: ModelConfig, to decoder: DecoderFacts) throws {
    let width = try config.integer("projection_dim", default: 2048)
    guard width == decoder.hidden else {
      throw config.error("projection_dim", "is \(width), not the decoder's hidden_size, \(decoder.hidden)")
    }
  }

  /// Every image must come out at the encoder's size.
  private static func check(
    _ preprocessor: PreprocessorFacts, takes side: Int, _ family: ModelFamily, in directory: String
  ) throws {
    let file = "\(directory)/preprocessor_config.json"
    if let crop = preprocessor.crop {
      guard crop.height == side, crop.width == side else {
        throw ModelError(
          "\(file): crop_size is \(crop.height)×\(crop.width), but the vision encoder takes \(side)×\(side)")
      }
    } else {
      guard preprocessor.resize == .exact(height: side, width: side) else {
        let key = family.tiling == .singleTile ? "max_image_size" : "without do_center_crop, size"
        throw ModelError("\(file): \(key) must be the vision encoder's height and width, \(side)×\(side)")
      }
    }
  }
}

extension ConnectorFacts {
  /// The connector's keys of the family's config.
  init(_ config: ModelConfig, family: ModelFamily, vision: VisionFacts) throws {
    switch family {
    case .llava, .llavaNext: try self.init(llava: config, featureLayer: -2, strategy: "default", vision: vision)
    case .llavaOnevision: try self.init(llava: config, featureLayer: -1, strategy: "full", vision: vision)
    case .idefics3, .smolvlm: try self.init(idefics3: config, vision: vision)
    // `PaliGemmaMultiModalProjector`: one linear layer on `last_hidden_state`, which SigLIP's last norm makes.
    case .paligemma: self.init(activation: nil, bias: true, featureSites: [vision.layers], normsFeatures: true)
    }
  }

  /// `Idefics3Config`: the encoder's output behind its last norm, several patches a token, one linear layer.
  private init(idefics3 config: ModelConfig, vision: VisionFacts) throws {
    let scale = try config.integer("scale_factor", default: 2, in: 1...64)
    guard vision.side % scale == 0 else {
      throw config.error("scale_factor", "(\(scale)) does not divide the \(vision.side) patches of a side")
    }
    self.init(activation: nil, bias: false, featureSites: [vision.layers], normsFeatures: true, scale: scale)
  }

  /// `LlavaConfig` and its kin, with the family's defaults.
  private init(llava config: ModelConfig, featureLayer: Int, strategy: String, vision: VisionFacts) throws {
    let indices = try config.integers("vision_feature_layer", default: [featureLayer])
    let sites = indices.map { $0 < 0 ? vision.layers + 1 + $0 : $0 }
    guard !sites.isEmpty, sites.allSatisfy({ (0...vision.layers).contains($0) }) else {
      throw config.error(
        "vision_feature_layer", "names a layer that the encoder of \(vision.layers) layers does not have")
    }
    try Self.checkStrategy(config, default: strategy, vision)
    self.init(
      activation: try config.choice("projector_hidden_act", Activation.self, default: .gelu),
      bias: try config.flag("multimodal_projector_bias", default: true), featureSites: sites)
  }

  /// Image tokens are the patches, no more and no less. transformers' `default` drops the first token, whatever it is, and
  /// `full` none; `patches`, which it does not have, keeps exactly the patches of any encoder.
  private static func checkStrategy(
    _ config: ModelConfig, default fallback: String, _ vision: VisionFacts
  ) throws {
    let key = "vision_feature_select_strategy"
    let strategy = try config.text(key, default: fallback)
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
