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
    #expect(refused(["image_processor_type": "LlavaImageProcessor"]).contains("is 'LlavaImageProcessor'"))
    #expect(refused(["resample": 0]).contains("resample is neither 2 (bilinear) nor 3 (bicubic)"))
    #expect(refused(["size": ["shortest_edge": 24]]).contains("without do_center_crop, size must be"))
    #expect(refused(["size": ["height": 24, "width": 30]]).contains("without do_center_crop, size must be"))
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

  @Test func `the prompt of LLaVA 1.5 is in the ids of LLaMA, and of no other decoder`() throws {
    #expect(try facts("multi-head").defaultPrefix == [1, 3148, 1001, 29901, 29871])
    for fixture in ["mistral", "qwen2", "qwen3", "gemma"] { #expect(try facts(fixture).defaultPrefix == nil) }
  }

  @Test func `dynamic RoPE is plain as far as its positions go, and refused beyond`() throws {
    let dynamic: JSON = ["rope_theta": 10_000.0, "rope_type": "dynamic", "factor": 2.0]
    let long = try facts("mistral", text: ["rope_parameters": dynamic, "max_position_embeddings": 8192])
    #expect(long.decoder.rope.scaling == .none)
    let short = refusal { try facts("mistral", text: ["rope_parameters": dynamic, "max_position_embeddings": 2048]) }
    #expect(short.contains("rope_type is 'dynamic'") && short.contains("beyond 2048 positions"))
  }
}
