import Catalog
import Compute
import Foundation

/// What a model directory holds.
extension FuzzTarget {
  static let checkpoints = [
    FuzzTarget(name: "safetensors") {
      [try tinyWeights()]
    } read: { data in
      let file = try SafetensorsFile(data: data, name: "model.safetensors")
      for name in file.names {
        let values = try file.tensor(name).floats()
        expect(values.count <= data.count)
        _ = try? file.integers(name)
      }
    },
    FuzzTarget(name: "checkpoint-index") {
      [Data(#"{"metadata":{},"weight_map":{"lm_head.weight":"a.safetensors"}}"#.utf8)]
    } read: { data in
      let folder = Scratch()
      _ = try folder.write(try tinyWeights(), as: "a.safetensors")
      _ = try folder.write(data, as: "model.safetensors.index.json")
      _ = try Checkpoint(directory: folder.path)
    },
    FuzzTarget(name: "model-config") {
      try Fixtures.models().map { try Fixtures.data("models/\($0)/model/config.json") }
    } read: { data in
      let folder = Scratch()
      try folder.copy("models/siglip/model/preprocessor_config.json", as: "preprocessor_config.json")
      _ = try folder.write(data, as: "config.json")
      let facts = try ModelFacts(directory: folder.path)
      expect(facts.grid.tokens > 0)
    },
    FuzzTarget(name: "preprocessor-config") {
      try Fixtures.models().map { try Fixtures.data("models/\($0)/model/preprocessor_config.json") }
    } read: { data in
      let folder = Scratch()
      try folder.copy("models/siglip/model/config.json", as: "config.json")
      _ = try folder.write(data, as: "preprocessor_config.json")
      _ = try ModelFacts(directory: folder.path)
    },
    FuzzTarget(name: "probe-file") {
      [try tinyProbe()]
    } read: { data in
      _ = try Probe(
        site: .adapter, classes: 2, hidden: 3, from: SafetensorsFile(data: data, name: "probes.safetensors"))
    },
  ]

  private static func tinyWeights() throws -> Data {
    var writer = SafetensorsWriter(metadata: ["format": "pt"])
    writer.add("lm_head.weight", shape: [2, 3], [Float](repeating: 1, count: 6))
    writer.add("ids", shape: [2], [Int64(1), 2])
    return try writer.data()
  }

  private static func tinyProbe() throws -> Data {
    var writer = SafetensorsWriter()
    writer.add("adapter.weight", shape: [2, 3], [Float](repeating: 1, count: 6))
    writer.add("adapter.bias", shape: [2], [Float](repeating: 0, count: 2))
    writer.add("adapter.mean", shape: [3], [Float](repeating: 0, count: 3))
    writer.add("adapter.std", shape: [3], [Float](repeating: 1, count: 3))
    return try writer.data()
  }
}
