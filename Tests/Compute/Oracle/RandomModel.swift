import Catalog
import Compute
import Foundation
import Testing

/// A tiny LLaVA or PaliGemma model with seeded random weights, for property tests: in memory for the oracle, and as a checkpoint for
/// everything else. Attention is peaked and norms are not trivial, so that a wrong edge shows.
struct RandomModel: CustomTestStringConvertible {
  let oracle: OracleModel
  private let seed: UInt64
  private let suffixLength: Int

  var facts: ModelFacts { oracle.facts }
  var testDescription: String { "random model \(seed)" }

  /// With a `suffix` of so many tokens behind the image it is a PaliGemma, else a LLaVA.
  init(
    seed: UInt64, hidden: Int = 24, heads: Int = 4, keyValueHeads: Int = 2, headSize: Int = 8, layers: Int = 4,
    side: Int = 3, intermediate: Int? = nil, attentionWindow: Int? = nil, suffix: Int? = nil
  ) {
    let isPaliGemma = suffix != nil
    let facts = ModelFacts(
      directory: "", family: isPaliGemma ? .paligemma : .llava,
      vision: VisionFacts(
        kind: isPaliGemma ? .siglip : .clip, hidden: 12, layers: 2, heads: 2, intermediate: 20, patch: 4,
        image: 4 * side, layerNormEps: 1e-5,
        activation: .quickGELU),
      connector: isPaliGemma
        ? ConnectorFacts(activation: nil, bias: true, featureSites: [2], normsFeatures: true)
        : ConnectorFacts(activation: .gelu, bias: true, featureSites: [1]),
      decoder: DecoderFacts(
        kind: isPaliGemma ? .gemma : attentionWindow == nil ? .llama : .mistral, hidden: hidden, layers: layers,
        heads: heads,
        keyValueHeads: keyValueHeads, headSize: headSize,
        intermediate: intermediate ?? 2 * hidden, vocabulary: 16, normEps: 1e-5,
        rope: RopeFacts(theta: 100, scaling: .none),
        attentionBias: false, mlpBias: false, gate: isPaliGemma ? .geluTanh : .silu, isCausal: !isPaliGemma,
        attentionWindows: Array(repeating: attentionWindow, count: layers)),
      preprocessor: PreprocessorFacts(
        resize: .shortestEdge(4 * side), crop: (4 * side, 4 * side), rescale: 1 / 256, mean: [0.5, 0.5, 0.5],
        std: [0.25, 0.25, 0.25]),
      grid: Grid(rows: side, columns: side))
    var generator = SeededGenerator(seed: seed)
    var weights: [String: OracleWeight] = [:]
    for (name, shape) in OracleModel.shapes(facts) {
      let (centre, deviation) = Self.distribution(name, shape, isPaliGemma)
      let values = (0..<shape.reduce(1, *)).map { _ in Float(centre + deviation * generator.normal()) }
      weights[name] = (shape, values)
    }
    oracle = OracleModel(facts: facts, weights: weights)
    self.seed = seed
    suffixLength = suffix ?? 0
  }

  /// The same model with other weights.
  init(seed: UInt64, oracle: OracleModel) {
    self.seed = seed
    self.oracle = oracle
    suffixLength = 0
  }

  /// Mean and deviation of a tensor's values.
  private static func distribution(_ name: String, _ shape: [Int], _ isPaliGemma: Bool) -> (Double, Double) {
    // Gemma's norms add 1.
    if isPaliGemma, name.hasPrefix("decoder."), name.contains("norm") { return (0, 0.25) }
    if name.contains("norm") { return (name.hasSuffix("bias") ? 0 : 1, 0.25) }
    if name.hasSuffix("bias") { return (0, 0.3) }
    if name.contains("embed"), !name.contains("patch") { return (0, 0.7) }
    let gain = name.contains("q_proj") || name.contains("k_proj") ? 1.8 : 1
    return (0, gain / Double(shape.dropFirst().reduce(1, *)).squareRoot())
  }

  /// A normalised input, [3, side, side].
  func pixels() -> [Float] {
    var generator = SeededGenerator(seed: seed, UInt64(naming: "pixels"))
    return (0..<3 * facts.vision.image * facts.vision.image).map { _ in Float(generator.normal()) }
  }

  /// `prefix` token ids before the image, and those behind it.
  func prompt(_ prefix: Int) -> Prompt {
    func ids(_ count: Int, _ name: String) -> [Int] {
      var generator = SeededGenerator(seed: seed, UInt64(naming: name))
      return (0..<count).map { _ in generator.below(facts.decoder.vocabulary) }
    }
    return Prompt(prefix: ids(prefix, "prefix"), suffix: ids(suffixLength, "suffix"))
  }

  /// Writes the checkpoint into an existing directory: config.json, preprocessor_config.json, model.safetensors.
  func write(to directory: String) throws {
    let (vision, decoder, image) = (facts.vision, facts.decoder, facts.vision.image)
    let config: [String: Any] = [
      "model_type": facts.family.rawValue, "vision_feature_layer": facts.connector.featureSites,
      "vision_feature_select_strategy": "default",
      "projector_hidden_act": facts.connector.activation?.rawValue ?? NSNull(),
      "multimodal_projector_bias": facts.connector.bias, "projection_dim": facts.decoder.hidden,
      "vision_config": [
        "model_type": vision.kind.rawValue, "hidden_size": vision.hidden, "num_hidden_layers": vision.layers,
        "num_attention_heads": vision.heads, "intermediate_size": vision.intermediate, "patch_size": vision.patch,
        "image_size": image, "layer_norm_eps": vision.layerNormEps, "hidden_act": vision.activation.rawValue,
      ],
      "text_config": [
        "model_type": decoder.kind.rawValue, "hidden_size": decoder.hidden, "num_hidden_layers": decoder.layers,
        "num_attention_heads": decoder.heads, "num_key_value_heads": decoder.keyValueHeads,
        "head_dim": decoder.headSize, "intermediate_size": decoder.intermediate, "vocab_size": decoder.vocabulary,
        "rms_norm_eps": decoder.normEps, "rope_theta": decoder.rope.theta, "hidden_act": decoder.gate.rawValue,
        "sliding_window": (decoder.attentionWindows.first ?? nil) ?? NSNull(),
      ],
    ]
    let preprocessor: [String: Any] = [
      "do_resize": true, "size": ["shortest_edge": image], "resample": 3, "do_center_crop": true,
      "crop_size": ["height": image, "width": image], "do_rescale": true, "rescale_factor": facts.preprocessor.rescale,
      "do_normalize": true, "image_mean": facts.preprocessor.mean, "image_std": facts.preprocessor.std,
    ]
    for (name, value) in [("config", config), ("preprocessor_config", preprocessor)] {
      try JSONSerialization.data(withJSONObject: value, options: .sortedKeys)
        .write(to: URL(fileURLWithPath: "\(directory)/\(name).json"))
    }
    var writer = SafetensorsWriter()
    for (name, shape) in OracleModel.shapes(facts) {
      writer.add(Self.nameOnDisk(name), shape: shape, oracle[name].values)
    }
    try writer.write(to: "\(directory)/model.safetensors")
  }

  /// As Hugging Face up to 4.51 names it.
  private static func nameOnDisk(_ name: String) -> String {
    for (canonical, disk) in [
      ("decoder.", "language_model.model."), ("vision.", "vision_tower.vision_model."),
      ("projector.", "multi_modal_projector."),
    ] where name.hasPrefix(canonical) { return disk + name.dropFirst(canonical.count) }
    return name
  }
}

extension SeededGenerator {
  /// A standard normal number (Box–Muller).
  mutating func normal() -> Double {
    (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
  }
}
