/// Reads `text_config`, with transformers' defaults for the keys that it leaves out.
extension DecoderFacts {
  /// `LlamaConfig`, `MistralConfig`, `Qwen2Config`, `Qwen3Config` or `GemmaConfig`; `longest` is the longest sequence that
  /// may be run.
  init(_ config: ModelConfig, family: ModelFamily, longest: Int) throws {
    let kind = try Self.kind(config, family)
    let usual = kind.defaults
    let hidden = try config.integer("hidden_size", default: usual.hidden, in: 1...131_072)
    let layers = try config.integer("num_hidden_layers", default: usual.layers, in: 1...1024)
    let heads = try config.integer("num_attention_heads", default: usual.heads, in: 1...1024)
    // An explicit null means as many as heads, whatever a missing key means.
    let usualKeyValueHeads = config.isNull("num_key_value_heads") ? heads : usual.keyValueHeads ?? heads
    let keyValueHeads = try config.integer("num_key_value_heads", default: usualKeyValueHeads, in: 1...1024)
    guard heads % keyValueHeads == 0 else {
      throw config.error("num_key_value_heads", "(\(keyValueHeads)) does not divide the \(heads) heads")
    }
    if !config.has("head_dim"), usual.headSize == nil, hidden % heads != 0 {
      throw config.error("hidden_size", "(\(hidden)) is not a multiple of the \(heads) heads")
    }
    let headSize = try config.integer("head_dim", default: usual.headSize ?? hidden / heads, in: 2...4096)
    guard headSize % 2 == 0 else { throw config.error("head_dim", "(\(headSize)) is odd, so it cannot be rotated") }
    try config.refuse(
      "attention_multiplier", "residual_multiplier", "embedding_multiplier", "num_local_experts",
      because: "a plain \(kind.rawValue) has none")
    let attentionBias = try config.flag("attention_bias", default: false)
    self.init(
      kind: kind, hidden: hidden, layers: layers, heads: heads, keyValueHeads: keyValueHeads, headSize: headSize,
      intermediate: try config.integer("intermediate_size", default: usual.intermediate),
      vocabulary: try config.integer("vocab_size", default: usual.vocabulary, in: 1...10_000_000),
      normEps: try config.positive("rms_norm_eps", default: 1e-6), rope: try RopeFacts(config, longest: longest),
      attentionBias: kind == .qwen2 || kind != .mistral && attentionBias,
      outputBias: kind != .qwen2 && kind != .mistral && attentionBias,
      mlpBias: try kind == .llama && config.flag("mlp_bias", default: false),
      gate: try Self.gate(config, kind, family), isCausal: family.isCausal,
      attentionWindows: try Self.attentionWindows(config, kind, layers: layers))
  }

  /// The decoder that the config names; PaliGemma has but one.
  private static func kind(_ config: ModelConfig, _ family: ModelFamily) throws -> Kind {
    let key = "model_type"
    guard family == .paligemma else {
      return try config.choice(key, Kind.self, default: family == .llavaOnevision ? .qwen2 : .llama)
    }
    let name = try config.text(key, default: Kind.gemma.rawValue)
    guard name == Kind.gemma.rawValue else {
      throw config.error(
        key,
        name == "gemma2"
          ? "is 'gemma2': PaliGemma 2 is not supported by this version; use a checkpoint of PaliGemma 1"
          : "is '\(name)': PaliGemma's decoder is Gemma")
    }
    return .gemma
  }

  private static func gate(_ config: ModelConfig, _ kind: Kind, _ family: ModelFamily) throws -> Activation {
    guard kind == .gemma else {
      guard try config.choice("hidden_act", Activation.self, default: .silu) == .silu else {
        throw config.error("hidden_act", "is not silu, the only gate of this family")
      }
      return .silu
    }
    try config.require(
      "use_bidirectional_attention", isOneOf: [!family.isCausal, nil],
      because: family.isCausal ? "this family's decoders are causal" : "image and prompt see each other in this family")
    // "gelu" under hidden_act is what old configs call the approximation; they also have a key that goes before.
    let allowed: [(key: String, gates: [Activation])] = [
      ("hidden_activation", [.geluTanh]), ("hidden_act", [.geluTanh, .gelu]),
    ]
    for (key, gates) in allowed {
      guard try gates.contains(config.choice(key, Activation.self, default: .geluTanh)) else {
        throw config.error(key, "is not gelu_pytorch_tanh, the only gate of Gemma")
      }
    }
    return .geluTanh
  }

  /// The window of each layer's attention, by the keys of the families that have one.
  private static func attentionWindows(_ config: ModelConfig, _ kind: Kind, layers: Int) throws -> [Int?] {
    var sliding = [Bool](repeating: false, count: layers)
    switch kind {
    case .llama, .gemma:
      try config.refuse("sliding_window", because: "a plain \(kind.rawValue) has none")
      guard try config.texts("layer_types").allSatisfy({ $0 == LayerType.full.rawValue }) else {
        throw config.error("layer_types", "lists others than full_attention, the only one of this family")
      }
    case .mistral: sliding = sliding.map { _ in true }
    case .qwen2, .qwen3:
      guard try config.flag("use_sliding_window", default: false) else { break }
      let full = try config.integer("max_window_layers", default: 28, in: 0...1024)
      sliding = sliding.indices.map { $0 >= full }
      if config.has("layer_types") {
        sliding = try config.choices("layer_types", LayerType.self, count: layers).map { $0 == .sliding }
      }
    }
    // An explicit null is no window; only a missing key is the default.
    let window =
      config.isNull("sliding_window") ? nil : try config.integer("sliding_window", default: 4096, in: 1...100_000_000)
    return sliding.map { $0 ? window : nil }
  }

  /// Qwen's names for a layer's attention.
  private enum LayerType: String, CaseIterable {
    case full = "full_attention"
    case sliding = "sliding_attention"
  }
}

extension DecoderFacts.Kind {
  /// What the family's config class of transformers assumes; nil: follows from the rest.
  fileprivate var defaults:
    (
      hidden: Int, layers: Int, heads: Int, keyValueHeads: Int?, headSize: Int?, intermediate: Int, vocabulary: Int
    )
  {
    switch self {
    case .llama: (4096, 32, 32, nil, nil, 11_008, 32_000)
    case .mistral: (4096, 32, 32, 8, nil, 14_336, 32_000)
    case .qwen2: (4096, 32, 32, 32, nil, 22_016, 151_936)
    case .qwen3: (4096, 32, 32, 32, 128, 22_016, 151_936)
    case .gemma: (3072, 28, 16, 16, 256, 24_576, 256_000)
    }
  }
}

extension RopeFacts {
  /// `rope_theta` and `rope_scaling`, or `rope_parameters` of transformers 5.
  init(_ config: ModelConfig, longest: Int) throws {
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
    case "dynamic":
      let positions = try scaling.integer(
        "original_max_position_embeddings",
        default: config.integer("max_position_embeddings", default: 2048, in: 1...100_000_000), in: 1...100_000_000)
      guard positions >= longest else {
        throw scaling.error(
          "rope_type",
          "is 'dynamic', which this version does not compute: it changes sequences beyond \(positions) "
            + "positions, and up to \(longest) may be run")
      }
      self.init(theta: theta, scaling: .none)
    default: throw scaling.error("rope_type", "is '\(type)'; this version supports default, linear, llama3, dynamic")
    }
  }
}
