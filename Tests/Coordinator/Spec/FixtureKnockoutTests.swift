import Catalog
import Foundation
import Testing

@testable import Coordinator

/// The golden fixtures' knockouts, which the forward pass is compared on, stand beside them in the grammar of specs.
struct FixtureKnockoutTests {
  /// One knockout of fixture.json.
  private struct Case: Decodable {
    let name: String
    let edit: Knockout.Edit
    let queries: TokenSet
    let keys: TokenSet
    let within: Int?
    let window: LayerWindow
    let heads: [Int]?
  }

  private struct Fixture: Decodable {
    let prefix_ids: [Int]
    let suffix_ids: [Int]
    let knockouts: [Case]
  }

  @Test(arguments: [
    "multi-head", "grouped-query", "siglip", "dinov2", "dinov2-registers", "mistral", "qwen2", "qwen3", "gemma",
    "paligemma",
  ])
  func `a fixture's knockout file says what its expected states were made with`(name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/models/\(name)").path
    let fixture = try JSONDecoder().decode(
      Fixture.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/fixture.json")))
    let facts = try ModelFacts(directory: "\(folder)/model")
    #expect(fixture.knockouts.count >= 3)
    for item in fixture.knockouts {
      let read = try KnockoutFile.load(
        "\(folder)/knockouts/\(item.name).yaml", facts: facts,
        prompt: Prompt(prefix: fixture.prefix_ids, suffix: facts.decoder.isCausal ? [] : fixture.suffix_ids))
      #expect(
        read
          == Knockout(
            name: item.name, edit: item.edit, queries: item.queries, keys: item.keys,
            relations: item.within.map { [.within($0)] } ?? [], windows: [item.window],
            heads: item.heads.map(HeadSet.some) ?? .all))
    }
  }
}
