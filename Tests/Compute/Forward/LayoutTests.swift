import Catalog
import Foundation
import Testing

@testable import Compute

/// One checkpoint, written as every version of transformers has written it.
struct LayoutTests {
  /// Who writes such names.
  enum Layout: String, CaseIterable {
    case upTo451 = "≤ 4.51"
    case from452 = "4.52+"
    case modulesOf5 = "5.x"
  }

  private typealias Weights = [(name: String, shape: [Int], values: [Float])]

  /// A fixture's tensors, named as they are on disk: as up to 4.51, but without `vision_model`.
  private func weights(_ fixture: Fixture) throws -> Weights {
    let folder = URL(fileURLWithPath: fixture.model)
    return try ModelIdentity.weightFiles(directory: fixture.model).filter { $0.hasSuffix(".safetensors") }.flatMap {
      let file = try SafetensorsFile(path: folder.appendingPathComponent($0).path)
      return try file.names.sorted().map { ($0, file.shape(of: $0) ?? [], try file.tensor($0).floats()) }
    }
  }

  private func rename(_ name: String, _ layout: Layout, hasVisionModel: Bool) -> String {
    func replacing(_ pairs: [(String, String)]) -> String {
      for (prefix, new) in pairs where name.hasPrefix(prefix) { return new + name.dropFirst(prefix.count) }
      return name
    }
    let model = hasVisionModel ? "vision_model." : ""
    switch layout {
    case .upTo451: return replacing([("vision_tower.", "vision_tower.\(model)")])
    case .from452, .modulesOf5:
      return replacing([
        ("vision_tower.", layout == .from452 ? "model.vision_tower.\(model)" : "model.vision_tower."),
        ("language_model.model.", "model.language_model."), ("language_model.lm_head.", "lm_head."),
        ("multi_modal_projector.", "model.multi_modal_projector."), ("image_newline", "model.image_newline"),
      ])
    }
  }

  /// DINOv2 as the modules of 5.x have it: other names, and `weights_in` in two.
  private func withModulesOf5(_ weights: Weights) -> Weights {
    let names = [
      "attention.attention.query": "attention.q_proj", "attention.attention.key": "attention.k_proj",
      "attention.attention.value": "attention.v_proj", "attention.output.dense": "attention.o_proj",
      "mlp.weights_out": "mlp.down_proj",
    ]
    return weights.flatMap { weight -> Weights in
      let name = names.reduce(weight.name) { $0.replacing($1.key, with: $1.value) }
      guard name.contains("weights_in") else { return [(name, weight.shape, weight.values)] }
      let half = weight.values.count / 2
      let shape = [weight.shape[0] / 2] + weight.shape.dropFirst()
      return [
        (name.replacing("weights_in", with: "gate_proj"), shape, Array(weight.values[..<half])),
        (name.replacing("weights_in", with: "up_proj"), shape, Array(weight.values[half...])),
      ]
    }
  }

  /// Every state of the fixture's image on the weights that `write` puts into a folder beside the fixture's configs.
  private func states(_ fixture: Fixture, write: (String) throws -> Void) throws -> [[Float]] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for config in ["config.json", "preprocessor_config.json"] {
      try FileManager.default.copyItem(atPath: "\(fixture.model)/\(config)", toPath: "\(folder)/\(config)")
    }
    try write(folder)
    let engine = Engine(model: try Model(directory: folder), threads: 1)
    let prompt = try fixture.contents().prompt(engine.model.facts)
    let context = TokenContext(
      image: "", facts: engine.model.facts, prompt: prompt, predictions: [:], reference: .adapter)
    return try engine.trace(
      pixels: fixture.expectedPixels(), prompt: prompt, knockout: nil, context: context
    ).states.map(\.values)
  }

  private func write(_ weights: Weights, to path: String) throws {
    var writer = SafetensorsWriter()
    for (name, shape, values) in weights { writer.add(name, shape: shape, values) }
    try writer.write(to: path)
  }

  @Test(arguments: [Fixture.multiHead, .siglip, .dinov2, .dinov2Registers, .llavaNext, .paligemma], Layout.allCases)
  func `a checkpoint gives the same bits under every layout of names`(fixture: Fixture, layout: Layout) throws {
    let original = try weights(fixture)
    let isDINOv2 = fixture == .dinov2 || fixture == .dinov2Registers
    let renamed = (layout == .modulesOf5 && isDINOv2 ? withModulesOf5(original) : original).map {
      (rename($0.name, layout, hasVisionModel: !isDINOv2), $0.shape, $0.values)
    }
    #expect(renamed.map(\.0) != original.map(\.name) || isDINOv2 && layout == .upTo451)
    let plain = try states(fixture) { try write(original, to: "\($0)/model.safetensors") }
    #expect(try states(fixture) { try write(renamed, to: "\($0)/model.safetensors") } == plain)
  }

  @Test(arguments: [Fixture.multiHead, .dinov2Registers, .gemma])
  func `bfloat16 shards give the bits of the same values in one float32 file`(fixture: Fixture) throws {
    let rounded = try weights(fixture).map { weight in
      (weight.name, weight.shape, weight.values.map { Float(bitPattern: $0.bitPattern & 0xffff_0000) })
    }
    let plain = try states(fixture) { try write(rounded, to: "\($0)/model.safetensors") }
    let sharded = try states(fixture) { folder in
      let shards = [rounded.filter { $0.0.contains("layers.0") }, rounded.filter { !$0.0.contains("layers.0") }]
      var map: [String: String] = [:]
      for (index, shard) in shards.enumerated() {
        let name = "model-0000\(index + 1)-of-00002.safetensors"
        try BFloat16File.data(shard).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        for (tensor, _, _) in shard { map[tensor] = name }
      }
      try JSONEncoder().encode(["weight_map": map])
        .write(to: URL(fileURLWithPath: "\(folder)/model.safetensors.index.json"))
    }
    #expect(sharded == plain)
  }
}

/// Writes safetensors of bfloat16, which the product itself never does.
private enum BFloat16File {
  static func data(_ tensors: [(String, [Int], [Float])]) throws -> Data {
    var header: [String: Any] = [:]
    var bytes = Data()
    for (name, shape, values) in tensors {
      let halves = values.map { UInt16($0.bitPattern >> 16) }
      let start = bytes.count
      bytes.append(halves.withUnsafeBytes { Data($0) })
      header[name] = ["dtype": "BF16", "shape": shape, "data_offsets": [start, bytes.count]]
    }
    let json = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json + bytes
  }
}
