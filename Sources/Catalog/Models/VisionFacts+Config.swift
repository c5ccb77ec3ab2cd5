/// Reads `vision_config`, with transformers' defaults for the keys that it leaves out.
extension VisionFacts {
  /// `CLIPVisionConfig`, `SiglipVisionConfig`, `Dinov2Config` or `Dinov2WithRegistersConfig`; `input` is the side of the
  /// preprocessor's output, if it has one, which DINOv2 adapts to.
  init(_ config: ModelConfig, input: Int?) throws {
    let kind = try config.choice("model_type", Kind.self, default: .clip)
    let patch = try config.integer("patch_size", default: kind.defaultPatch, in: 1...256)
    let trained = try config.integer("image_size", default: 224, in: 1...4096)
    let hidden = try config.integer("hidden_size", default: 768, in: 1...65_536)
    let heads = try config.integer("num_attention_heads", default: 12, in: 1...1024)
    let isDINOv2 = kind == .dinov2 || kind == .dinov2WithRegisters
    let image = isDINOv2 ? input ?? trained : trained
    guard trained % patch == 0 else {
      throw config.error("image_size", "(\(trained)) is not a multiple of patch_size (\(patch))")
    }
    guard image % patch == 0 else {
      throw config.error("patch_size", "(\(patch)) does not divide the preprocessor's output, \(image)×\(image)")
    }
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
    case .clip: 32
    case .siglip, .dinov2WithRegisters: 16
    case .dinov2: 14
    }
  }

  fileprivate var defaultActivation: Activation {
    switch self {
    case .clip: .quickGELU
    case .siglip: .geluTanh
    case .dinov2, .dinov2WithRegisters: .gelu
    }
  }
}
