import Catalog
import Foundation
import Testing

@testable import Compute

struct CheckpointTests {
  private let folder: TemporaryFolder
  private let whole = RandomModel(seed: 1, layers: 2, side: 2)

  init() throws { folder = try TemporaryFolder() }

  /// Writes one file of tensors named as given, each a single number.
  private func write(_ file: String, _ tensors: [(String, Float)]) throws {
    var writer = SafetensorsWriter()
    for (name, value) in tensors { writer.add(name, shape: [1], [value]) }
    try folder.write(file, writer.data())
  }

  private func index(_ map: [String: String]) throws {
    try folder.write("model.safetensors.index.json", JSONEncoder().encode(["weight_map": map]))
  }

  private func error(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    (
      "language_model.model.", "vision_tower.vision_model.", "multi_modal_projector.",
      "language_model.lm_head."
    ),
    (
      "model.language_model.", "model.vision_tower.vision_model.", "model.multi_modal_projector.",
      "lm_head."
    ),
    ("model.language_model.", "model.vision_tower.", "model.multi_modal_projector.", "lm_head."),
    ("language_model.model.", "vision_tower.", "multi_modal_projector.", "language_model.lm_head."),
  ])
  func `all layouts of names are the same checkpoint`(
    decoder: String, vision: String, projector: String, head: String
  )
    throws
  {
    try write(
      "model.safetensors",
      [
        (decoder + "layers.0.self_attn.q_proj.weight", 1),
        (vision + "encoder.layers.0.layer_norm1.bias", 2),
        (projector + "linear_1.weight", 3), (head + "weight", 4),
      ])
    let checkpoint = try Checkpoint(directory: folder.path)
    #expect(
      checkpoint.names == [
        "decoder.layers.0.self_attn.q_proj.weight", "lm_head.weight", "projector.linear_1.weight",
        "vision.encoder.layers.0.layer_norm1.bias",
      ])
    #expect(try checkpoint.tensor("projector.linear_1.weight", shape: [1]).floats() == [3])
  }

  @Test func `shards are one checkpoint`() throws {
    try write("a.safetensors", [("lm_head.weight", 1)])
    try write("b.safetensors", [("model.language_model.norm.weight", 2)])
    try index([
      "lm_head.weight": "a.safetensors", "model.language_model.norm.weight": "b.safetensors",
    ])
    let checkpoint = try Checkpoint(directory: folder.path)
    #expect(checkpoint.names == ["decoder.norm.weight", "lm_head.weight"])
    try checkpoint.checkAllUsed()
  }

  @Test(arguments: ["../a.safetensors", "/etc/passwd", "sub/a.safetensors", ".hidden"])
  func `an index cannot name a file that does not lie beside it`(name: String) throws {
    try index(["lm_head.weight": name])
    #expect(
      error { _ = try Checkpoint(directory: folder.path) }.contains(
        "names \(name), which does not lie beside it"))
  }

  @Test func `a missing shard, and a tensor that no shard holds, are errors by name`() throws {
    try write("a.safetensors", [("lm_head.weight", 1)])
    try index([
      "lm_head.weight": "a.safetensors", "model.language_model.norm.weight": "b.safetensors",
    ])
    #expect(
      error { _ = try Checkpoint(directory: folder.path) }.contains(
        "/b.safetensors cannot be opened"))
    try index([
      "lm_head.weight": "a.safetensors", "model.language_model.norm.weight": "a.safetensors",
    ])
    #expect(
      error { _ = try Checkpoint(directory: folder.path) }.contains(
        "promises tensor model.language_model.norm.weight, which no shard holds"))
  }

  @Test(arguments: [
    "", "[]", "{\"weight_map\":{\"a\":1}}", "{}", String(repeating: "[", count: 100_000),
  ])
  func `an index that is not one is an error`(text: String) throws {
    try folder.write("model.safetensors.index.json", Data(text.utf8))
    #expect(
      error { _ = try Checkpoint(directory: folder.path) }.contains("is not JSON with a weight_map")
    )
  }

  @Test func `a directory without weights is an error`() {
    #expect(
      error { _ = try Checkpoint(directory: folder.path) }.contains(
        "has neither model.safetensors nor"))
  }

  @Test func `one tensor under two names, and a name of no known layout, are errors`() throws {
    try write("model.safetensors", [("lm_head.weight", 1), ("language_model.lm_head.weight", 1)])
    #expect(error { _ = try Checkpoint(directory: folder.path) }.contains("twice"))
    try write("model.safetensors", [("qformer.weight", 1)])
    #expect(
      error { _ = try Checkpoint(directory: folder.path) }.contains("holds tensor qformer.weight"))
  }

  /// The error of loading the whole model after `change` to its tensors.
  private func loading(_ change: (inout [String: (shape: [Int], values: [Float])]) -> Void) throws
    -> String
  {
    try whole.write(to: folder.path)
    let file = try SafetensorsFile(path: "\(folder.path)/model.safetensors")
    var tensors: [String: (shape: [Int], values: [Float])] = [:]
    for name in file.names {
      tensors[name] = try (file.tensor(name).shape, file.tensor(name).floats())
    }
    change(&tensors)
    var writer = SafetensorsWriter()
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      writer.add(name, shape: tensor.shape, tensor.values)
    }
    try writer.write(to: "\(folder.path)/model.safetensors")
    return error { _ = try Model(directory: folder.path) }
  }

  @Test func `a missing, a misshapen and an unexpected tensor are named`() throws {
    let name = "language_model.model.layers.1.mlp.up_proj.weight"
    #expect(try loading { _ in } == "no error")
    #expect(
      try loading { $0[name] = nil }.contains(
        "has no tensor for decoder.layers.1.mlp.up_proj.weight"))
    #expect(
      try loading { $0[name] = ([1, 2], [0, 0]) }.contains(
        "tensor \(name) in \(folder.path)/model.safetensors has shape [1, 2], not [48, 24]"))
    #expect(
      try loading { $0["language_model.model.layers.1.self_attn.q_norm.weight"] = ([1], [0]) }
        .contains(
          "holds tensor language_model.model.layers.1.self_attn.q_norm.weight, which this model does not use"
        ))
    #expect(try loading { $0["language_model.lm_head.weight"] = ([1], [0]) } == "no error")
  }

  @Test func `a file that is cut off is an error`() throws {
    try whole.write(to: folder.path)
    let path = "\(folder.path)/model.safetensors"
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    for count in [0, 4, 100, data.count / 2, data.count - 1] {
      try data.prefix(count).write(to: URL(fileURLWithPath: path))
      #expect(error { _ = try Checkpoint(directory: folder.path) }.contains(path), "\(count) bytes")
    }
  }

  @Test func `a checkpoint's errors say what the file is when it is no file`() throws {
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/model.safetensors", withIntermediateDirectories: false)
    #expect(
      error { _ = try Checkpoint(directory: folder.path) }.contains(
        "is empty or not a regular file"))
  }
}
