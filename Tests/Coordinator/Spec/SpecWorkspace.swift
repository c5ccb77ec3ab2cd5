import Foundation

@testable import Coordinator

/// A folder with a tiny model directory and data set, removed when the test ends.
///
/// The model: 3 vision blocks (feature site vision.2), a grid of 4 × 4 tokens, 4 decoder layers, 4 heads, 64 words. The
/// data: 6 images a split in 2 sequences, masks beside them. Only names matter here, so the images are empty files.
final class SpecWorkspace {
  let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("spec-\(UUID().uuidString)").path
    try write(
      "model/config.json",
      """
      {"model_type": "llava", "vision_feature_layer": -2, "image_token_index": 9,
       "vision_config": {"model_type": "clip_vision_model", "hidden_size": 8, "num_hidden_layers": 3,
         "num_attention_heads": 2, "intermediate_size": 16, "image_size": 8, "patch_size": 2},
       "text_config": {"model_type": "llama", "hidden_size": 16, "num_hidden_layers": 4, "num_attention_heads": 4,
         "num_key_value_heads": 2, "intermediate_size": 32, "vocab_size": 64}}
      """)
    try write(
      "model/preprocessor_config.json", #"{"size": {"shortest_edge": 8}, "crop_size": {"height": 8, "width": 8}}"#)
    try write("model/model.safetensors", "weights")
    for split in ["train", "val"] {
      for index in 0..<6 {
        let name = "\(index < 3 ? "A1" : "B2")_\(split)\(index)"
        try write("data/images/\(split)/\(name).jpg", "")
        try write("data/masks/\(split)/\(name).png", "")
      }
    }
  }

  /// Makes the model a PaliGemma of the same shapes, whose words are 0 to 63.
  func usePaliGemma() throws {
    try write(
      "model/config.json",
      """
      {"model_type": "paligemma", "image_token_index": 9, "projection_dim": 16,
       "vision_config": {"hidden_size": 8, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 16,
         "image_size": 8, "patch_size": 2},
       "text_config": {"model_type": "gemma", "hidden_size": 16, "num_hidden_layers": 4, "num_attention_heads": 4,
         "num_key_value_heads": 2, "head_dim": 4, "intermediate_size": 32, "vocab_size": 64}}
      """)
    try write("model/preprocessor_config.json", #"{"size": {"height": 8, "width": 8}}"#)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @discardableResult
  func write(_ path: String, _ text: String) throws -> String {
    let file = "\(folder)/\(path)"
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }

  func load(_ text: String) throws -> Spec { try Spec.load(file: write("spec.yaml", text)) }

  /// What is wrong with a spec, as `LINE: KEY: SENTENCE`, with this folder's path written as `DIR`.
  func errors(_ text: String) throws -> [String] {
    let file = try write("spec.yaml", text)
    do {
      _ = try Spec.load(file: file)
      return []
    } catch {
      return shown(error, file: file)
    }
  }

  func shown(_ errors: SpecErrors, file: String) -> [String] {
    errors.errors.map {
      $0.description.replacingOccurrences(of: "\(file):", with: "").replacingOccurrences(of: folder, with: "DIR")
    }
  }

  /// A complete spec; the tests change one thing of it.
  static let base = """
    name: tiny
    model: model
    prefix_token_ids: [1, 4]
    data:
      layout: folder
      root: data
      images: images/{split}/*.jpg
      masks: masks/{split}/{name}.png
      classes: [sky, road, tree]
      void: [255]
      train: {split: train, images: 4, tokens_per_image: 8}
      evaluate: {split: val, images: all}
    knockouts:
      - {name: anchors, block: {queries: wrong, keys: correct, where: anchor}, windows: {width: 1, stride: 1}}

    """
}
