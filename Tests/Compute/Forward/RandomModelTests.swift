import Catalog
import Compute
import Foundation
import Testing

struct RandomModelTests {
  private func inCheckpoint<Value>(of model: RandomModel, _ body: (String) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try model.write(to: folder)
    return try body(folder)
  }

  @Test(arguments: [
    RandomModel(seed: 1), RandomModel(seed: 2, hidden: 20, heads: 3, keyValueHeads: 3, headSize: 6, layers: 2, side: 2),
  ])
  func `a random model's checkpoint says what the model is`(model: RandomModel) throws {
    let read = try inCheckpoint(of: model) { try OracleModel(directory: $0) }
    #expect(read.facts.vision == model.facts.vision)
    #expect(read.facts.connector == model.facts.connector)
    #expect(read.facts.decoder == model.facts.decoder)
    #expect(read.facts.preprocessor == model.facts.preprocessor)
    #expect(read.facts.grid == model.facts.grid)
    #expect(read.weights.mapValues(\.values) == model.oracle.weights.mapValues(\.values))
  }

  @Test func `the engine accepts a random model`() throws {
    let model = RandomModel(seed: 3)
    #expect(try inCheckpoint(of: model) { try Model(directory: $0).facts.decoder } == model.facts.decoder)
  }

  @Test func `seeds make the model`() {
    let name = "decoder.layers.0.self_attn.q_proj.weight"
    #expect(RandomModel(seed: 1).oracle[name].values == RandomModel(seed: 1).oracle[name].values)
    #expect(RandomModel(seed: 1).oracle[name].values != RandomModel(seed: 2).oracle[name].values)
  }
}
