import Catalog
import Foundation
import Testing

/// What the configs of each family say, and which of them are refused by name.
struct FamilyConfigTests {
  private typealias JSON = [String: Any]

  /// A fixture's configs under these changes: keys of `config.json`, of its `vision_config` and `text_config`, and of the
  /// preprocessor; NSNull removes nothing but says null.
  private func facts(
    _ fixture: String, top: JSON = [:], vision: JSON = [:], text: JSON = [:], removing: [String] = [],
    preprocessor: JSON? = nil
  ) throws -> ModelFacts {
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/models/\(fixture)/model")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func read(_ name: String) throws -> JSON {
      let data = try Data(contentsOf: source.appendingPathComponent(name))
      return try #require(JSONSerialization.jsonObject(with: data) as? JSON)
    }
    func part(_ config: JSON, _ key: String, _ changes: JSON) -> JSON {
      ((config[key] as? JSON) ?? [:]).merging(changes) { $1 }.filter { !removing.contains($0.key) }
    }
    var config = try read("config.json").merging(top) { $1 }
    config["vision_config"] = part(config, "vision_config", vision)
    config["text_config"] = part(config, "text_config", text)
    for (name, value) in [
      ("config.json", config), ("preprocessor_config.json", try preprocessor ?? read("preprocessor_config.json")),
    ] {
      try JSONSerialization.data(withJSONObject: value).write(to: folder.appendingPathComponent(name))
    }
    return try ModelFacts(directory: folder.path)
  }

  private func refusal(_ body: () throws -> ModelFacts) -> String {
    do {
      _ = try body()
      return ""
    } catch { return "\(error)" }
  }

  @Test func `SigLIP takes all tokens as patches and refuses to drop the first`() throws {
    #expect(try facts("siglip").vision.leadingTokens == 0)
    #expect(try facts("siglip", top: ["vision_feature_select_strategy": "patches"]).grid.tokens == 16)
    let refused = refusal { try facts("siglip", top: ["vision_feature_select_strategy": "default"]) }
    #expect(refused.contains("vision_feature_select_strategy is 'default', which drops the first patch"))
  }

  @Test func `an encoder with a class token refuses to keep it, and one with registers to keep those`() {
    for fixture in ["multi-head", "dinov2", "dinov2-registers"] {
      let refused = refusal { try facts(fixture, top: ["vision_feature_select_strategy": "full"]) }
      #expect(refused.contains("vision_feature_select_strategy is 'full'"), "\(fixture)")
    }
    let refused = refusal { try facts("dinov2-registers", top: ["vision_feature_select_strategy": "default"]) }
    #expect(refused.contains("keeps the 3 registers as image tokens"))
  }

  @Test func `DINOv2 follows the input's size, CLIP and SigLIP refuse another than their own`() throws {
    let dinov2 = try facts("dinov2").vision
    #expect(dinov2.image == 24 && dinov2.side == 4 && dinov2.trainedSide == 6)
    let clip = refusal { try facts("multi-head", vision: ["image_size": 42]) }
    #expect(clip.contains("crop_size is 36×36, but the vision encoder takes 42×42"))
    let siglip = refusal { try facts("siglip", vision: ["image_size": 30]) }
    #expect(siglip.contains("size must be the vision encoder's height and width, 30×30"))
    #expect(refusal { try facts("dinov2", vision: ["patch_size": 9]) }.contains("patch_size (9) does not divide"))
  }

  @Test func `DINOv2's MLP has the width that its classes give it`() throws {
    #expect(
      try facts("dinov2", vision: ["hidden_size": 768, "num_attention_heads": 12, "mlp_ratio": 4]).vision.intermediate
        == 3072)
    // dinov2-giant
    let giant = try facts(
      "dinov2", vision: ["hidden_size": 1536, "num_attention_heads": 24, "mlp_ratio": 4, "use_swiglu_ffn": true]
    ).vision
    #expect(giant.intermediate == 4096)
    #expect(giant.isGated)
    #expect(refusal { try facts("dinov2", vision: ["qkv_bias": false]) }.contains("qkv_bias is false"))
  }

  @Test func `an image processor of another class or filter is refused`() throws {
    let siglip: JSON = ["image_processor_type": "SiglipImageProcessorFast", "size": ["height": 24, "width": 24]]
    let read = try facts("siglip", preprocessor: siglip).preprocessor
    #expect(read.crop == nil)
    #expect(read.resize == .exact(height: 24, width: 24))
    #expect(read.filter == .bicubic)
    #expect(read.mean == [0.5, 0.5, 0.5])
    func refused(_ changes: JSON) -> String {
      refusal { try facts("siglip", preprocessor: siglip.merging(changes) { $1 }) }
    }
    #expect(refused(["image_processor_type": "PixtralImageProcessor"]).contains("is 'PixtralImageProcessor'"))
    #expect(refused(["resample": 0]).contains("resample is none of 1 (Lanczos), 2 (bilinear) and 3 (bicubic)"))
    #expect(refused(["size": ["shortest_edge": 24]]).contains("without do_center_crop, size must be"))
    #expect(refused(["size": ["height": 24, "width": 30]]).contains("without do_center_crop, size must be"))
  }

  @Test func `an image processor that pads says how`() throws {
    let square: JSON = ["size": ["shortest_edge": 24], "crop_size": ["height": 24, "width": 24]]
    func padded(_ name: String, _ changes: JSON) throws -> ModelFacts {
      let processor = square.merging(["image_processor_type": name]) { $1 }.merging(changes) { $1 }
      return try facts("siglip", preprocessor: processor)
    }
    #expect(try padded("LlavaImageProcessor", [:]).preprocessor.padding == nil)
    #expect(try padded("LlavaImageProcessor", ["do_pad": true]).preprocessor.padding == .square)
    let prismatic = "PrismaticImageProcessor"
    #expect(try padded(prismatic, ["image_resize_strategy": "letterbox"]).preprocessor.padding == .letterbox)
    #expect(
      refusal { try padded(prismatic, ["image_resize_strategy": "resize-crop"]) }
        .contains("image_resize_strategy is not letterbox"))
    #expect(refusal { try padded("CLIPImageProcessor", ["do_pad": true]) }.contains("does not pad to a square"))
  }

  @Test func `windows of attention are where the families' keys put them`() throws {
    #expect(try facts("mistral").decoder.attentionWindows == [7, 7, 7])
    #expect(try facts("mistral", text: ["sliding_window": NSNull()]).decoder.attentionWindows == [nil, nil, nil])
    #expect(try facts("mistral", removing: ["sliding_window"]).decoder.attentionWindows == [4096, 4096, 4096])
    #expect(try facts("qwen2").decoder.attentionWindows == [nil, nil, 6, 6])
    let old = ["layer_types"]
    #expect(
      try facts("qwen2", text: ["max_window_layers": 1], removing: old).decoder.attentionWindows == [nil, 6, 6, 6])
    #expect(try facts("qwen2", text: ["use_sliding_window": false]).decoder.attentionWindows == [nil, nil, nil, nil])
    #expect(refusal { try facts("multi-head", text: ["sliding_window": 7]) }.contains("sliding_window is set"))
    #expect(refusal { try facts("qwen2", text: ["layer_types": ["full_attention"]]) }.contains("layer_types"))
  }

  @Test func `biases and gates are the families' own`() throws {
    let qwen2 = try facts("qwen2").decoder
    #expect(qwen2.attentionBias && !qwen2.outputBias && !qwen2.mlpBias)
    let llama = try facts("grouped-query").decoder
    #expect(llama.attentionBias && llama.outputBias && llama.mlpBias)
    #expect(try !facts("mistral", text: ["attention_bias": true]).decoder.attentionBias)
    #expect(try facts("gemma", text: ["hidden_act": "gelu"]).decoder.gate == .geluTanh)
    #expect(refusal { try facts("gemma", text: ["hidden_activation": "gelu"]) }.contains("hidden_activation is not"))
    #expect(refusal { try facts("gemma", text: ["use_bidirectional_attention": true]) }.contains("are causal"))
    #expect(refusal { try facts("mistral", text: ["hidden_act": "gelu"]) }.contains("hidden_act is not silu"))
    #expect(refusal { try facts("mistral", text: ["model_type": "phi3"]) }.contains("text_config.model_type is 'phi3'"))
  }

  @Test func `PaliGemma is SigLIP behind its last norm, one linear layer, and a Gemma that sees both ways`() throws {
    let read = try facts("paligemma")
    #expect(read.family == .paligemma && !read.decoder.isCausal)
    #expect(read.connector == ConnectorFacts(activation: nil, bias: true, featureSites: [3], normsFeatures: true))
    #expect(read.defaultTokens == Prompt(prefix: [], suffix: [2, 108]))
    #expect(try facts("gemma").decoder.isCausal)
    // As the published checkpoints of 4.41 say it: no class of the encoder's, no bidirectional key, a null in the processor.
    let old = try facts(
      "paligemma", text: ["use_bidirectional_attention": NSNull()],
      preprocessor: [
        "do_convert_rgb": NSNull(), "do_normalize": true, "do_rescale": true, "do_resize": true,
        "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "image_processor_type": "SiglipImageProcessor",
        "image_seq_length": 16, "processor_class": "PaliGemmaProcessor", "resample": 3,
        "rescale_factor": 1 / 255.0, "size": ["height": 24, "width": 24],
      ])
    #expect(old.decoder == read.decoder && old.preprocessor == read.preprocessor)
    #expect(try facts("paligemma", removing: ["model_type"]).vision.kind == .siglip)
    #expect(try facts("paligemma", removing: ["model_type"]).decoder.kind == .gemma)
  }

  @Test func `what is not PaliGemma 1 is refused by name`() {
    func refused(top: JSON = [:], vision: JSON = [:], text: JSON = [:]) -> String {
      refusal { try facts("paligemma", top: top, vision: vision, text: text) }
    }
    #expect(refused(text: ["model_type": "gemma2"]).contains("is 'gemma2': PaliGemma 2 is not supported"))
    #expect(refused(text: ["model_type": "llama", "hidden_act": "silu"]).contains("PaliGemma's decoder is Gemma"))
    #expect(refused(text: ["use_bidirectional_attention": false]).contains("image and prompt see each other"))
    #expect(refused(vision: ["model_type": "dinov2", "hidden_act": "gelu"]).contains("PaliGemma's encoder is SigLIP"))
    #expect(
      refused(top: ["projection_dim": 2048]).contains("projection_dim is 2048, not the decoder's hidden_size, 32"))
    #expect(refused(top: ["projection_dim": NSNull()]).contains("projection_dim is 2048"))
  }

  @Test func `the prompt of LLaVA 1.5 is in the ids of LLaMA, and of no other decoder`() throws {
    #expect(try facts("multi-head").defaultTokens == Prompt(prefix: [1, 3148, 1001, 29901, 29871]))
    for fixture in ["mistral", "qwen2", "qwen3", "gemma", "llava-next", "idefics3"] {
      #expect(try facts(fixture).defaultTokens == nil)
    }
    #expect(try facts("multi-head").defaultPrompt == "USER: <image>\n")
    #expect(try facts("mistral").defaultPrompt == "[INST] <image>\n" && facts("gemma").defaultPrompt == nil)
    #expect(try facts("llava-next").defaultPrompt == nil)
    #expect(try facts("smolvlm").family.imageFrame.before == "<fake_token_around_image><global-img>")
  }

  @Test func `well known models that are not computed are refused with the reason`() {
    for (name, reason) in [
      ("qwen2_vl", "M-RoPE"), ("qwen2_5_vl", "in windows of attention"),
      ("mllama", "this version supports llava, llava_next"),
    ] {
      let refused = refusal { try facts("multi-head", top: ["model_type": name]) }
      #expect(refused.contains("model_type is '\(name)'") && refused.contains(reason), "\(name)")
    }
    let naflex = refusal { try facts("siglip", vision: ["model_type": "siglip2_vision_model"]) }
    #expect(naflex.contains("NaFlex") && naflex.contains("is a siglip_vision_model"))
    let foreign = refusal { try facts("siglip", vision: ["model_type": "idefics3_vision"]) }
    #expect(foreign.contains("an encoder that llava does not have"))
    #expect(
      refusal { try facts("idefics3", vision: ["model_type": "siglip_vision_model"]) }.contains("idefics3_vision"))
  }

  @Test func `a family's defaults are those of its config class`() throws {
    let keys = ["model_type", "vision_feature_layer", "vision_feature_select_strategy"]
    let onevision = try facts("llava-onevision", removing: keys)
    #expect(onevision.vision.kind == .siglip && onevision.decoder.kind == .qwen2)
    #expect(onevision.connector.featureSites == [3])
    let next = try facts("llava-next", removing: keys)
    #expect(next.vision.kind == .clip && next.decoder.kind == .llama)
    #expect(next.connector.featureSites == [2])
    for name in ["idefics3", "smolvlm", "smolvlm_vision"] {
      #expect(try facts("idefics3", vision: ["model_type": name]).vision.kind == .idefics3)
    }
    let large =
      ["image_size": 64, "patch_size": NSNull(), "hidden_size": NSNull(), "num_attention_heads": NSNull()] as JSON
    let usual = try facts("idefics3", vision: large, preprocessor: ["max_image_size": ["longest_edge": 64]])
    #expect(usual.vision.hidden == 1152 && usual.vision.heads == 16 && usual.vision.patch == 32)
    #expect(usual.preprocessor.firstResize == .longestEdge(1456) && usual.preprocessor.filter == .lanczos)
    #expect(usual.preprocessor.mean == [0.5, 0.5, 0.5])
  }

  @Test func `of an image that is cut into tiles, one is computed, and which is said`() throws {
    #expect(try facts("multi-head").family.tiling == nil)
    for fixture in ["llava-next", "llava-onevision"] { #expect(try facts(fixture).family.tiling == .baseImage) }
    for fixture in ["idefics3", "smolvlm"] { #expect(try facts(fixture).family.tiling == .singleTile) }
    // Split or not, the tile is the same.
    #expect(try facts("idefics3").preprocessor.firstResize == .longestEdge(80))
    #expect(try facts("idefics3").preprocessor.resize == .exact(height: 32, width: 32))
    #expect(try facts("llava-next").preprocessor.resize == .exact(height: 24, width: 24))
    #expect(try facts("llava-onevision").preprocessor.crop == nil)
  }

  @Test func `an image processor that cuts images otherwise than the family is refused`() {
    let clip: JSON = ["image_processor_type": "CLIPImageProcessor", "size": 24, "crop_size": 24]
    for fixture in ["llava-next", "llava-onevision", "idefics3", "smolvlm"] {
      let refused = refusal { try facts(fixture, preprocessor: clip) }
      #expect(refused.contains("image_processor_type is 'CLIPImageProcessor'"), "\(fixture)")
    }
    let next: JSON = ["image_processor_type": "LlavaNextImageProcessorFast", "size": 24, "crop_size": 24]
    #expect(refusal { try facts("mistral", preprocessor: next) }.contains("'LlavaNextImageProcessorFast'"))
    let small: JSON = ["max_image_size": ["longest_edge": 24]]
    #expect(refusal { try facts("idefics3", preprocessor: small) }.contains("max_image_size must be"))
  }

  @Test func `several patches make a token, and must come out even`() throws {
    let facts = try facts("idefics3")
    #expect(facts.vision.side == 8 && facts.connector.scale == 2 && facts.grid.tokens == 16)
    #expect(facts.hidden(at: .vision(1)) == 4 * 24 && facts.hidden(at: .adapter) == 32)
    let refused = refusal { try self.facts("idefics3", top: ["scale_factor": 3]) }
    #expect(refused.contains("scale_factor (3) does not divide the 8 patches"))
    // What patches leave over at the edges is not seen.
    #expect(try self.facts("smolvlm").vision.side == 12)
    #expect(try self.facts("llava-onevision").vision.side == 4)
  }

  /// Sides at which transformers gives every patch of a square its own position, as the generator found, and no others.
  @Test(arguments: ["idefics3", "smolvlm"])
  func `sides whose positions hang on rounding are refused`(fixture: String) throws {
    struct Proofs: Decodable {
      let displaced: Set<Int>
      enum CodingKeys: String, CodingKey { case displaced = "sides whose patches are displaced" }
    }
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/models/\(fixture)/proofs.json")
    let displaced = try JSONDecoder().decode(Proofs.self, from: Data(contentsOf: file)).displaced
    #expect(displaced.count > 10)
    for side in 1...66 {
      let refused = refusal {
        try facts(
          fixture, top: ["scale_factor": 1], vision: ["image_size": side, "patch_size": 1],
          preprocessor: ["max_image_size": ["longest_edge": side]])
      }
      #expect(
        refused.contains("\(side) patches in a row") == (displaced.contains(side) || side > 64), "\(side): \(refused)")
    }
  }

  @Test func `dynamic RoPE is plain as far as its positions go, and refused beyond`() throws {
    let dynamic: JSON = ["rope_theta": 10_000.0, "rope_type": "dynamic", "factor": 2.0]
    let long = try facts("mistral", text: ["rope_parameters": dynamic, "max_position_embeddings": 8192])
    #expect(long.decoder.rope.scaling == .none)
    let short = refusal { try facts("mistral", text: ["rope_parameters": dynamic, "max_position_embeddings": 2048]) }
    #expect(short.contains("rope_type is 'dynamic'") && short.contains("beyond 2048 positions"))
  }
}
