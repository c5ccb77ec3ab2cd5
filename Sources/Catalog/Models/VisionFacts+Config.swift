/// Reads `vision_config`, with transformers' defaults for the keys that it leaves out.
extension VisionFacts {
  /// `CLIPVisionConfig`, `SiglipVisionConfig`, `Idefics3VisionConfig`, `Dinov2Config` or `Dinov2WithRegistersConfig`;
  /// `input` is the side of the preprocessor's output, if it has one, which DINOv2 adapts to.
  init(_ config: ModelConfig, family: ModelFamily, input: Int?) throws {
    let kind = try Self.kind(config, family)
    let patch = try config.integer("patch_size", default: kind.defaultPatch, in: 1...256)
    let trained = try config.integer("image_size", default: 224, in: 1...4096)
    let hidden = try config.integer("hidden_size", default: kind == .idefics3 ? 1152 : 768, in: 1...65_536)
    let heads = try config.integer("num_attention_heads", default: kind == .idefics3 ? 16 : 12, in: 1...1024)
    let isDINOv2 = kind == .dinov2 || kind == .dinov2WithRegisters
    let image = isDINOv2 ? input ?? trained : trained
    guard trained >= patch else {
      throw config.error("image_size", "(\(trained)) is smaller than patch_size (\(patch))")
    }
    guard !isDINOv2 || trained % patch == 0 else {
      throw config.error("image_size", "(\(trained)) is not a multiple of patch_size (\(patch))")
    }
    guard !isDINOv2 || image % patch == 0 else {
      throw config.error("patch_size", "(\(patch)) does not divide the preprocessor's output, \(image)×\(image)")
    }
    if kind == .idefics3 { try Self.checkPositions(config, side: image / patch) }
    guard hidden % heads == 0 else {
      throw config.error("hidden_size", "(\(hidden)) is not a multiple of the \(heads) heads")
    }
    guard try config.integer("num_channels", default: 3) == 3 else { throw config.error("num_channels", "is not 3") }
    let isGated = try isDINOv2 && config.flag("use_swiglu_ffn", default: false)
    self.init(
      kind: kind, hidden: hidden, layers: try config.integer("num_hidden_layers", default: 12, in: 1...1024),
      heads: heads,
      intermediate: try isDINOv2
        ? Self.intermediate(config, hidden: hidden, isGated: isGated)
        : config.integer("intermediate_size", default: 3072),
      patch: patch, image: image,
      layerNormEps: try config.positive("layer_norm_eps", default: kind == .clip ? 1e-5 : 1e-6),
      // Dinov2SwiGLUFFN does not ask hidden_act.
      activation: isGated ? .silu : try config.choice("hidden_act", Activation.self, default: kind.defaultActivation),
      isGated: isGated,
      registers: try kind == .dinov2WithRegisters
        ? config.integer("num_register_tokens", default: 4, in: 0...1024) : 0,
      trainedSide: trained / patch)
  }

  /// The encoder that the config names; Idefics3 and SmolVLM have one of their own, under any of four names.
  private static func kind(_ config: ModelConfig, _ family: ModelFamily) throws -> Kind {
    let key = "model_type"
    switch family {
    case .llava, .llavaNext, .llavaOnevision:
      if try config.has(key) && config.text(key) == "siglip2_vision_model" {
        throw config.error(
          key,
          "is 'siglip2_vision_model', NaFlex: patches of any number of rows and columns, which this version does not "
            + "compute; SigLIP 2 at a fixed resolution is a siglip_vision_model")
      }
      let kind = try config.choice(key, Kind.self, default: family == .llavaOnevision ? .siglip : .clip)
      guard kind != .idefics3 else {
        throw config.error(key, "is '\(kind.rawValue)', an encoder that \(family.rawValue) does not have")
      }
      return kind
    case .idefics3, .smolvlm:
      let name = try config.text(key, default: Kind.idefics3.rawValue)
      guard ["idefics3_vision", "smolvlm_vision", "idefics3", "smolvlm"].contains(name) else {
        throw config.error(key, "is '\(name)'; \(family.rawValue) has idefics3_vision or smolvlm_vision")
      }
      return .idefics3
    case .paligemma:
      let name = try config.text(key, default: Kind.siglip.rawValue)
      guard name == Kind.siglip.rawValue else {
        throw config.error(key, "is '\(name)': PaliGemma's encoder is SigLIP")
      }
      return .siglip
    }
  }

  /// `Idefics3VisionEmbeddings` compares coordinates i / n with boundaries j / n in float32 to place n patches. That is
  /// patch i at position i, but for these n, where rounding moves some.
  private static let displaced: Set<Int> = [19, 25, 29, 31, 38, 40, 41, 43, 47, 49, 50, 54, 55, 58, 59, 61, 62]

  private static func checkPositions(_ config: ModelConfig, side: Int) throws {
    guard side <= 64, !displaced.contains(side) else {
      throw config.error(
        "patch_size",
        "makes \(side) patches in a row, whose positions hang on float32 rounding in transformers; this version knows "
          + "them for up to 64, without \(displaced.sorted().map(String.init).joined(separator: ", "))")
    }
  }

  /// The width inside DINOv2's MLP: `Dinov2MLP`, `Dinov2SwiGLUFFN`.
  private static func intermediate(_ config: ModelConfig, hidden: Int, isGated: Bool) throws -> Int {
    try config.require("qkv_bias", isOneOf: [true, nil], because: "this version has no DINOv2 without these biases")
    let ratio = try config.number("mlp_ratio", default: 4)
    guard ratio > 0, ratio <= 64 else { throw config.error("mlp_ratio", "is \(ratio), outside 0...64") }
    let plain = Int(Double(hidden) * ratio)
    return isGated ? (Int(Double(plain * 2) / 3) + 7) / 8 * 8 : plain
  }
}

extension VisionFacts.Kind {
  fileprivate var defaultPatch: Int {
    switch self {
    case .clip, .idefics3: 32
    case .siglip, .dinov2WithRegisters: 16
    case .dinov2: 14
    }
  }

  fileprivate var defaultActivation: Activation {
    switch self {
    case .clip: .quickGELU
    case .siglip, .idefics3: .geluTanh
    case .dinov2, .dinov2WithRegisters: .gelu
    }
  }
}
