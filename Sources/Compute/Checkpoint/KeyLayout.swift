/// The names that tensors have on disk, and the one name that the engine uses for each.
///
/// Hugging Face has written three layouts of a LLaVA checkpoint: up to 4.51 (`language_model.model.layers…`,
/// `vision_tower.vision_model…`), from 4.52 (`model.language_model.layers…`, `model.vision_tower.vision_model…`), and 5.x
/// module names without `vision_model`. Ours are `decoder.…`, `vision.…` and `projector.…`, followed by the module names of
/// 5.x, which differ from the older ones in DINOv2. Idefics3 and SmolVLM have one layout (`model.text_model…`,
/// `model.vision_model…`, `model.connector…`).
enum KeyLayout {
  /// Prefixes on disk, longest first, with what they become.
  private static let prefixes: [(disk: String, canonical: String)] = [
    ("model.language_model.model.", "decoder."),
    ("language_model.model.", "decoder."),
    ("model.language_model.", "decoder."),
    ("language_model.lm_head.", "lm_head."),
    ("model.vision_tower.vision_model.", "vision."),
    ("vision_tower.vision_model.", "vision."),
    ("model.vision_tower.", "vision."),
    ("vision_tower.", "vision."),
    ("model.multi_modal_projector.", "projector."),
    ("multi_modal_projector.", "projector."),
    ("lm_head.", "lm_head."),
    ("model.image_newline", "image_newline"),
    ("image_newline", "image_newline"),
    ("model.text_model.", "decoder."),
    ("model.vision_model.", "vision."),
    ("model.connector.", "projector."),
  ]

  /// The engine's name of a tensor on disk; nil if the layout is not known.
  static func canonical(_ name: String) -> String? {
    for (disk, canonical) in prefixes where name.hasPrefix(disk) {
      return canonical
        + (canonical == "vision." ? renamed(name.dropFirst(disk.count)) : String(name.dropFirst(disk.count)))
    }
    return nil
  }

  /// DINOv2's modules before 5.x, and since. `mlp.weights_in` stays: it is two layers in one.
  private static let modules: [(old: String, new: String)] = [
    (".attention.attention.query.", ".attention.q_proj."), (".attention.attention.key.", ".attention.k_proj."),
    (".attention.attention.value.", ".attention.v_proj."), (".attention.output.dense.", ".attention.o_proj."),
    (".mlp.weights_out.", ".mlp.down_proj."),
  ]

  private static func renamed(_ name: Substring) -> String {
    modules.reduce(String(name)) { $0.replacing($1.old, with: $1.new) }
  }

  /// The LLM's head; what follows the encoders' last block; the token that hides patches in training, and the one that ends
  /// rows of tiles, which come behind the base image.
  private static let idleParts = [
    "image_newline", "lm_head.", "vision.post_layernorm.", "vision.head.", "vision.layernorm.",
    "vision.embeddings.mask_token",
  ]

  /// Tensors that no hidden state at a site depends on; everything else that is not used is an error.
  static func isIdle(_ canonical: String) -> Bool {
    idleParts.contains { canonical.hasPrefix($0) }
      || canonical == "decoder.norm.weight"
      || canonical.hasSuffix(".position_ids") || canonical.hasSuffix(".rotary_emb.inv_freq")
  }
}
