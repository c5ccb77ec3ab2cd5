import Catalog
import Foundation
import Testing

struct ModelFactsTests {
  private let model: ModelDirectory

  init() throws { model = try ModelDirectory() }

  @Test(arguments: [
    ("quantization_config", #"{"quant_method": "bitsandbytes"}"#), ("model_type", #""qwen2_5_vl""#),
    ("model_type", "absent"), ("vision_feature_select_strategy", #""full""#),
    ("vision_feature_select_strategy", #""cls_patch""#), ("vision_feature_layer", "9"),
    ("vision_feature_layer", "[]"),
    ("vision_feature_layer", "-7"), ("projector_hidden_act", #""relu""#),
    ("multimodal_projector_bias", #""yes""#),
    ("text_config", "[]"), ("text_config.model_type", #""phi3""#),
    ("text_config.hidden_act", #""gelu""#),
    ("text_config.hidden_act", #""swish""#), ("text_config.sliding_window", "4096"),
    ("text_config.layer_types", #"["full_attention", "sliding_attention"]"#),
    ("text_config.residual_multiplier", "0.5"), ("text_config.num_key_value_heads", "3"),
    ("text_config.head_dim", "7"), ("text_config.head_dim", "0"),
    ("text_config.num_hidden_layers", "1.5"),
    ("text_config.num_hidden_layers", "1e300"), ("text_config.hidden_size", #""big""#),
    ("text_config.rms_norm_eps", "0"), ("text_config.rms_norm_eps", "-1e-6"),
    ("text_config.partial_rotary_factor", "0.5"), ("text_config.attention_bias", #""no""#),
    ("vision_config.model_type", #""vit""#), ("vision_config.num_channels", "1"),
    ("vision_config.hidden_act", #""relu""#), ("vision_config.image_size", "5"),
    ("vision_config.num_attention_heads", "7"), ("vision_config.layer_norm_eps", "-1"),
  ])
  func `an option of config.json that this version does not honour is refused by name`(
    key: String, value: String
  )
    throws
  {
    try model.set("config.json", key, value)
    let last = key.split(separator: ".").last.map(String.init) ?? key
    // head counts are reported at the size that they do not divide.
    let named = last == "num_attention_heads" ? "hidden_size" : last
    #expect(
      model.error.hasPrefix("\(model.path)/config.json: ") && model.error.contains(named),
      "\(model.error)")
  }

  @Test(arguments: [
    (#"{"rope_type": "yarn", "rope_theta": 500, "factor": 4}"#, "rope_type is 'yarn'"),
    (#"{"rope_type": "dynamic", "factor": 2}"#, "rope_type is 'dynamic'"),
    (#"{"type": "longrope"}"#, "rope_type is 'longrope'"),
    (#"{"rope_type": "linear"}"#, "factor is missing"),
    (#"{"rope_type": "linear", "factor": -1}"#, "factor is -1.0, not positive"),
    (
      #"{"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4}"#,
      "original_max"
    ),
    (#"{"rope_theta": 0.5}"#, "rope_theta is 0.5"),
    (#"{"partial_rotary_factor": 0.25}"#, "partial_rotary_factor"),
    (#"{"attention_factor": 1.5}"#, "attention_factor"),
    (#"{"full_attention": {"rope_theta": 1000}}"#, "full_attention is not known"),
  ])
  func `a rotary embedding that this version does not compute is refused by name`(
    value: String, why: String
  ) throws {
    try model.set("config.json", "text_config.rope_parameters", value)
    #expect(model.error.contains("text_config") && model.error.contains(why), "\(model.error)")
  }

  @Test func `rotary embeddings are read from both the new key and the old`() throws {
    try model.set("config.json", "text_config.rope_parameters", "absent")
    #expect(try model.facts().decoder.rope == RopeFacts(theta: 10_000, scaling: .none))
    try model.set("config.json", "text_config.rope_theta", "5000")
    try model.set("config.json", "text_config.rope_scaling", #"{"type": "linear", "factor": 2}"#)
    #expect(try model.facts().decoder.rope == RopeFacts(theta: 5000, scaling: .linear(factor: 2)))
    try model.set("config.json", "text_config.rope_scaling", "null")
    #expect(try model.facts().decoder.rope == RopeFacts(theta: 5000, scaling: .none))
    try model.set(
      "config.json", "text_config.rope_parameters", #"{"rope_type": "default", "rope_theta": 700}"#)
    #expect(try model.facts().decoder.rope == RopeFacts(theta: 700, scaling: .none))
  }

  @Test(arguments: [
    ("do_convert_rgb", "false"), ("do_pad", "true"), ("resample", "0"),
    ("image_processor_type", #""PixtralImageProcessor""#),
    ("image_processor_type", #""LlavaNextImageProcessor""#),
    ("image_grid_pinpoints", "[[336, 672]]"),
    ("crop_pct", "0.9"), ("size", #"{"longest_edge": 336}"#), ("size", #"{"height": 336}"#),
    ("size", "0"),
    ("crop_size", #"{"height": 8, "width": 8}"#), ("crop_size", "8"), ("image_std", "[1, 0, 1]"),
    ("image_mean", "[0.5, 0.5]"), ("rescale_factor", #""1/255""#), ("do_center_crop", "false"),
  ])
  func `an option of preprocessor_config.json that this version does not honour is refused by name`(
    key: String, value: String
  ) throws {
    try model.set("preprocessor_config.json", key, value)
    let named = key == "size" && value.contains("height") ? "width" : key
    #expect(
      model.error.hasPrefix("\(model.path)/preprocessor_config.json: ")
        && model.error.contains(named), "\(model.error)")
  }

  @Test(arguments: [
    ("config.json", "text_config.attention_dropout", "0.1"),
    ("config.json", "tie_word_embeddings", "true"),
    ("config.json", "image_seq_length", "576"),
    ("config.json", "text_config.sliding_window", "null"),
    ("config.json", "text_config.head_dim", "null"),
    ("config.json", "text_config.use_cache", "false"),
    ("config.json", "quantization_config", "null"),
    ("config.json", "text_config.layer_types", #"["full_attention"]"#),
    ("preprocessor_config.json", "image_processor_type", #""CLIPImageProcessorFast""#),
    ("preprocessor_config.json", "image_processor_type", "absent"),
    ("preprocessor_config.json", "do_convert_rgb", "absent"),
    ("preprocessor_config.json", "processor_class", #""x""#),
  ])
  func `an option that changes no hidden state is accepted`(
    file: String, key: String, value: String
  ) throws {
    let before = try model.facts()
    try model.set(file, key, value)
    #expect(try model.facts() == before)
  }

  @Test func `configs as those of llava-1.5-7b-hf leave most to the defaults`() throws {
    try model.write(
      "config.json",
      """
      {"architectures": ["LlavaForConditionalGeneration"], "ignore_index": -100, "image_token_index": 32000,
       "model_type": "llava", "pad_token_id": 32001, "projector_hidden_act": "gelu",
       "text_config": {"_name_or_path": "vicuna", "max_position_embeddings": 4096, "model_type": "llama",
                       "rms_norm_eps": 1e-05, "torch_dtype": "float16", "vocab_size": 32064},
       "tie_word_embeddings": false, "torch_dtype": "float16",
       "vision_config": {"hidden_size": 1024, "image_size": 336, "intermediate_size": 4096,
                         "model_type": "clip_vision_model", "num_attention_heads": 16, "num_hidden_layers": 24,
                         "patch_size": 14, "projection_dim": 768, "vocab_size": 32000},
       "vision_feature_layer": -2, "vision_feature_select_strategy": "default"}
      """)
    try model.write(
      "preprocessor_config.json",
      """
      {"crop_size": 336, "do_center_crop": true, "do_normalize": true, "do_resize": true,
       "feature_extractor_type": "CLIPFeatureExtractor", "image_mean": [0.48145466, 0.4578275, 0.40821073],
       "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3, "size": 336}
      """)
    let facts = try model.facts()
    #expect(facts.grid == Grid(rows: 24, columns: 24))
    #expect(facts.connector.featureSites == [23] && facts.connector.bias)
    #expect(facts.decoder.hidden == 4096 && facts.decoder.layers == 32 && facts.decoder.keyValueHeads == 32)
    #expect(facts.decoder.headSize == 128 && facts.decoder.intermediate == 11_008 && facts.decoder.normEps == 1e-5)
    #expect(facts.decoder.rope == RopeFacts(theta: 10_000, scaling: .none) && !facts.decoder.attentionBias)
    #expect(facts.vision.activation == .quickGELU && facts.vision.layerNormEps == 1e-5)
    #expect(facts.preprocessor.resize == .shortestEdge(336) && facts.preprocessor.rescale == 1 / 255.0)
  }

  @Test func `options that change the computation change the facts`() throws {
    try model.set("config.json", "vision_feature_layer", "[-1, 1]")
    try model.set("config.json", "text_config.head_dim", "6")
    try model.set("config.json", "text_config.attention_bias", "true")
    try model.set("preprocessor_config.json", "do_normalize", "false")
    try model.set("preprocessor_config.json", "do_rescale", "false")
    let facts = try model.facts()
    #expect(facts.connector.featureSites == [facts.vision.layers, 1])
    #expect(facts.decoder.headSize == 6 && facts.decoder.attentionBias)
    #expect(facts.preprocessor.mean == [0, 0, 0] && facts.preprocessor.std == [1, 1, 1])
    #expect(facts.preprocessor.rescale == 1)
  }

  @Test func `without a centre crop the resize must give the encoder's size`() throws {
    let side = try model.facts().vision.image
    try model.set("preprocessor_config.json", "do_center_crop", "false")
    try model.set("preprocessor_config.json", "size", "{\"height\": \(side), \"width\": \(side)}")
    let facts = try model.facts()
    #expect(facts.preprocessor.crop == nil)
    #expect(facts.preprocessor.resize == .exact(height: side, width: side))
    try model.set("preprocessor_config.json", "do_resize", "false")
    #expect(model.error.contains("without do_center_crop"))
  }

  @Test(arguments: ["", "[]", "{", "null", "{\"a\": NaN}"])
  func `a config that is no JSON object is an error that names the file`(text: String) throws {
    try model.write("config.json", text)
    #expect(model.error == "\(model.path)/config.json is not a JSON object")
  }

  @Test func `a missing config is an error that names the file`() throws {
    try FileManager.default.removeItem(atPath: "\(model.path)/preprocessor_config.json")
    #expect(model.error == "\(model.path)/preprocessor_config.json is missing")
  }

  @Test func `the image token is found under both of its names`() throws {
    #expect(try ModelFacts.imageTokenID(directory: model.path) == 23)
    try model.set("config.json", "image_token_index", "absent")
    #expect(try ModelFacts.imageTokenID(directory: model.path) == nil)
    try model.set("config.json", "image_token_id", "9")
    #expect(try ModelFacts.imageTokenID(directory: model.path) == 9)
  }
}
