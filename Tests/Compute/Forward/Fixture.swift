import Catalog
import Compute
import Foundation
import Testing

/// A golden fixture: a checkpoint, an image, and what transformers computed from them (`tools/make_fixtures.py`).
enum Fixture: String, CaseIterable, CustomTestStringConvertible {
  case multiHead = "multi-head"
  case groupedQuery = "grouped-query"
  case siglip
  case dinov2
  case dinov2Registers = "dinov2-registers"
  case mistral
  case qwen2
  case qwen3
  case gemma
  case llavaNext = "llava-next"
  case llavaOnevision = "llava-onevision"
  case idefics3
  case smolvlm
  case paligemma
  case siglipMistral = "siglip-mistral"
  case siglipQwen2 = "siglip-qwen2"
  case siglipQwen3 = "siglip-qwen3"
  case siglipGemma = "siglip-gemma"
  case dinov2Mistral = "dinov2-mistral"
  case dinov2Qwen2 = "dinov2-qwen2"
  case dinov2Qwen3 = "dinov2-qwen3"
  case dinov2Gemma = "dinov2-gemma"
  case dinov2RegistersMistral = "dinov2-registers-mistral"
  case dinov2RegistersQwen2 = "dinov2-registers-qwen2"
  case dinov2RegistersQwen3 = "dinov2-registers-qwen3"
  case dinov2RegistersGemma = "dinov2-registers-gemma"

  /// The knockouts that a fixture has: every kind of edit for the first two, a few for the families.
  var knockouts: [String] {
    switch self {
    case .multiHead, .groupedQuery:
      [
        "blocked", "some-heads", "several-layers", "neighbours", "prefix-keys", "only-itself", "future-keys",
        "open-window", "open-all", "open-some",
      ]
    case .mistral: ["blocked", "some-heads", "prefix-keys", "open-window"]
    case .qwen2: ["blocked", "some-heads", "several-layers", "prefix-keys", "open-window"]
    case .paligemma: ["blocked", "some-heads", "neighbours", "future-keys", "suffix-keys", "suffix-queries"]
    default: ["blocked", "some-heads", "open-window"]
    }
  }

  /// A fixture with one of its knockouts.
  struct Edited: CustomTestStringConvertible {
    let fixture: Fixture
    let name: String
    var testDescription: String { "\(fixture.rawValue) \(name)" }
  }

  /// Every fixture with every one of its knockouts.
  static let edited = allCases.flatMap { fixture in fixture.knockouts.map { Edited(fixture: fixture, name: $0) } }

  /// fixture.json
  struct Contents: Decodable {
    let image: String
    let prefix_ids: [Int]
    let suffix_ids: [Int]
    let knockouts: [Case]

    /// What stands around the image; behind it only where the image can see it.
    func prompt(_ facts: ModelFacts) -> Prompt {
      Prompt(prefix: prefix_ids, suffix: facts.family == .paligemma ? suffix_ids : [])
    }
  }

  /// One knockout in one window.
  struct Case: Decodable {
    let name: String
    let edit: Knockout.Edit
    let queries: TokenSet
    let keys: TokenSet
    let within: Int?
    let window: LayerWindow
    let heads: [Int]?
  }

  var testDescription: String { rawValue }

  private var folder: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/models/\(rawValue)").path
  }

  /// The checkpoint.
  var model: String { "\(folder)/model" }

  func contents() throws -> Contents {
    try JSONDecoder().decode(Contents.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/fixture.json")))
  }

  /// The encoder's input as we make it from the image file.
  func pixels() throws -> [Float] {
    let image = try "\(folder)/\(contents().image)"
    return try Preprocessor(ModelFacts(directory: model).preprocessor)
      .pixels(of: ImageFile.image(image), path: image)
  }

  /// The encoder's input as transformers makes it.
  func expectedPixels() throws -> [Float] {
    try SafetensorsFile(path: "\(folder)/baseline.safetensors").tensor("pixels").floats()
  }

  /// The states of every site as transformers computes them: of the baseline, or under a knockout, whose file leaves out
  /// the sites that no knockout reaches.
  func expectedStates(knockout: String? = nil) throws -> [Site: Matrix] {
    var states = try Self.states(SafetensorsFile(path: "\(folder)/baseline.safetensors"))
    if let knockout {
      states.merge(try Self.states(SafetensorsFile(path: "\(folder)/knockouts/\(knockout).safetensors"))) { $1 }
    }
    return states
  }

  /// [window layer][head]
  func expectedEdges(knockout: String) throws -> [[Int]] {
    let file = try SafetensorsFile(path: "\(folder)/knockouts/\(knockout).safetensors")
    let heads = file.shape(of: "effective_edges")?.last ?? 1
    let counts = try file.integers("effective_edges")
    return stride(from: 0, to: counts.count, by: heads).map { Array(counts[$0..<$0 + heads]) }
  }

  private static func states(_ file: SafetensorsFile) throws -> [Site: Matrix] {
    var states: [Site: Matrix] = [:]
    for name in file.names {
      guard let site = Site(name), let shape = file.shape(of: name) else { continue }
      states[site] = Matrix(rows: shape[0], columns: shape[1], values: try file.tensor(name).floats())
    }
    return states
  }
}

extension Fixture.Case {
  /// As the code under test takes it.
  var knockout: Knockout {
    Knockout(
      name: name, edit: edit, queries: queries, keys: keys, relations: within.map { [.within($0)] } ?? [],
      windows: [window], heads: heads.map(HeadSet.some) ?? .all)
  }

  /// As the oracle takes it, with rows listed by the test's own hand.
  func written(out facts: ModelFacts, _ prompt: Prompt) -> OracleKnockout {
    let prefix = prompt.prefix.count
    let image = prefix..<prefix + facts.grid.tokens
    func rows(_ set: TokenSet) -> Set<Int> {
      switch set {
      case .image: Set(image)
      case .prefix: Set(0..<prefix)
      case .suffix: Set(image.upperBound..<image.upperBound + prompt.suffix.count)
      case .tokens(let positions): Set(positions)
      default: preconditionFailure("fixtures have no set such as \(set)")
      }
    }
    return OracleKnockout(
      edit: edit, queries: rows(queries), keys: rows(keys), within: within, window: window,
      heads: heads.map(HeadSet.some) ?? .all, prefix: prefix, grid: facts.grid, suffix: prompt.suffix.count,
      isCausal: facts.family != .paligemma, attentionWindows: facts.decoder.attentionWindows)
  }
}
