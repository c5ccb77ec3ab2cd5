/// How vision encoder, connector and decoder are put together; `model_type` of `config.json`.
public enum ModelFamily: String, Hashable, Sendable, CaseIterable {
  /// LLaVA 1.5: `LlavaForConditionalGeneration`.
  case llava
  /// LLaVA 1.6: `LlavaNextForConditionalGeneration`.
  case llavaNext = "llava_next"
  /// LLaVA-OneVision: `LlavaOnevisionForConditionalGeneration`.
  case llavaOnevision = "llava_onevision"
  /// Idefics3 and SmolVLM 1: `Idefics3ForConditionalGeneration`.
  case idefics3
  /// SmolVLM 2: `SmolVLMForConditionalGeneration`.
  case smolvlm
  /// PaliGemma 1: `PaliGemmaForConditionalGeneration`.
  case paligemma

  /// Whether a token sees only itself and what is before it; else image and prompt all see each other.
  var isCausal: Bool { self != .paligemma }

  /// What is computed of an image that the family cuts into tiles; nil where it cuts none.
  public var tiling: Tiling? {
    switch self {
    case .llava, .paligemma: nil
    case .llavaNext, .llavaOnevision: .baseImage
    case .idefics3, .smolvlm: .singleTile
    }
  }

  /// What the family's processor writes directly before and behind an image and at the end of a prompt, and whether the
  /// tokenizer's own special tokens come around all of it.
  public var imageFrame: (before: String, behind: String, end: String, hasSpecialTokens: Bool) {
    switch self {
    case .llava, .llavaNext, .llavaOnevision: ("", "", "", true)
    case .idefics3, .smolvlm: ("<fake_token_around_image><global-img>", "<fake_token_around_image>", "", true)
    case .paligemma: ("", "<bos>", "\n", false)
    }
  }

  /// Why a `model_type` that others know well is none of these; nil if there is no more to say than that it is not.
  static func refusal(of name: String) -> String? {
    switch name {
    case "qwen2_vl", "qwen2_5_vl":
      "its decoder rotates by time, row and column (M-RoPE) and its encoder takes images of any size"
        + (name == "qwen2_5_vl" ? " in windows of attention" : "") + ", which this version does not compute"
    default: nil
    }
  }
}

/// Which part of an image is computed in families that cut it into tiles.
public enum Tiling: String, Hashable, Sendable, Codable {
  /// The base image of LLaVA-NeXT, which stands before its tiles.
  case baseImage = "base image"
  /// The one tile that Idefics3 makes of an image without splitting it.
  case singleTile = "single tile"

  /// What that means, for people.
  public var sentence: String {
    switch self {
    case .baseImage:
      "Of each image the base image alone is computed, one square, without the tiles that show it in detail. They come "
        + "behind it and cannot influence it, so (with geometry: model) its states are those of the whole model."
    case .singleTile:
      "Each image is a single tile, one square, as with do_image_splitting: false. With splitting its tiles would come "
        + "before it, and its states would be others."
    }
  }
}

extension ModelFacts {
  /// The family's own prompt, as text that its tokenizer makes ids of; nil if none is known.
  public var defaultPrompt: String? {
    switch (family, decoder.kind) {
    case (.llava, .llama): "USER: <image>\n"
    case (.llava, .mistral), (.llavaNext, .mistral): "[INST] <image>\n"
    case (.llava, .qwen2), (.llava, .qwen3): "<|im_start|>user\n<image>\n"
    case (.paligemma, _): "<image>"
    case (.llava, .gemma), (.llavaNext, _), (.llavaOnevision, _), (.idefics3, _), (.smolvlm, _): nil
    }
  }

  /// The ids around the image in ``defaultPrompt``, for a directory without a tokenizer; nil if they are not known: of LLaVA
  /// they are those of LLaMA's tokenizer.
  public var defaultTokens: Prompt? {
    switch (family, decoder.kind) {
    // "<s>", "USER", ":", " " of llava-1.5-7b-hf.
    case (.llava, .llama): Prompt(prefix: [1, 3148, 1001, 29901, 29871])
    // "<bos>" and "\n" of Gemma's tokenizer, between which the text of a prompt stands.
    case (.paligemma, _): Prompt(prefix: [], suffix: [2, 108])
    case (.llava, _), (.llavaNext, _), (.llavaOnevision, _), (.idefics3, _), (.smolvlm, _): nil
    }
  }
}
