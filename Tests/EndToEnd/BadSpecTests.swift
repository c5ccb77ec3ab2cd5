import Foundation
import Testing

extension EndToEnd {
  /// What is wrong with a spec is said in one go, before anything is written.
  @Suite struct BadSpecTests {
    let workspace: Workspace
    init() throws { workspace = try Workspace(train: 2, evaluate: 1) }

    private func run(_ spec: String) async throws -> Ending {
      try await Rebound.run(["run", spec, "--output", "quiet"], limit: .seconds(60))
    }

    private func expectNothingWritten() { #expect(!workspace.list().contains("runs")) }

    @Test func `a missing spec, and one that is not YAML`() async throws {
      try await run(workspace.path("none.yaml")).expectSentence(workspace.path("none.yaml"), "there is no such file")
      let broken = try workspace.write("name: [unclosed\n", to: "broken.yaml")
      try await run(broken).expectSentence("\(broken):1:", "is not YAML")
      expectNothingWritten()
    }

    @Test func `all errors of a spec come at once, with line, key and what was probably meant`() async throws {
      let spec = try workspace.spec {
        $0.probes = "{sites: all, method: rigde}"
        $0.more = "hroizon: all"
      }
      let text = try String(contentsOfFile: spec, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false)
      func line(_ key: String) -> Int { (text.firstIndex { $0.hasPrefix(key) } ?? -2) + 1 }
      let ending = try await run(spec)
      #expect(ending.code == 1)
      let lines = ending.errors.split(separator: "\n")
      #expect(lines.count == 2, "\(ending.errors)")
      #expect(ending.errors.contains("\(spec):\(line("probes")): probes.method: "))
      #expect(ending.errors.contains("did you mean 'ridge'?"))
      #expect(ending.errors.contains("\(spec):\(line("hroizon")): hroizon: "))
      #expect(ending.errors.contains("did you mean 'horizon'?"))
      expectNothingWritten()
    }

    @Test func `missing images, label maps and splits are named`() async throws {
      let split = try workspace.spec("split.yaml") { $0.evaluate = "{split: nowhere, images: all}" }
      try await run(split).expectSentence("data.evaluate.split", workspace.path("images/nowhere"), "does not exist")
      try FileManager.default.removeItem(atPath: workspace.evaluation(0).mask)
      try await run(workspace.spec()).expectSentence("data.evaluate.split", workspace.evaluation(0).mask)
      expectNothingWritten()
    }

    @Test func `a damaged checkpoint is refused before anything is written, and what is wrong with it is named`()
      async throws
    {
      let spec = try workspace.spec { $0.model = "model" }
      func refused(_ parts: String..., damage: (String) throws -> Void) async throws {
        let model = try workspace.copyModel()
        try damage(model)
        let ending = try await run(spec)
        ending.expectSentence()
        for part in parts { #expect(ending.errors.contains(part), "'\(part)' is not in: \(ending.errors)") }
        expectNothingWritten()
      }
      func edit(_ file: String, _ old: String, _ new: String) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains(old))
        try text.replacing(old, with: new).write(toFile: file, atomically: true, encoding: .utf8)
      }
      let shard = "model-00002-of-00002.safetensors"
      try await refused("/model/config.json is missing") {
        try FileManager.default.removeItem(atPath: "\($0)/config.json")
      }
      try await refused("preprocessor_config.json is missing") {
        try FileManager.default.removeItem(atPath: "\($0)/preprocessor_config.json")
      }
      try await refused("has shape [192, 128], not [4096, 128] as", "/model/config.json says") {
        try edit("\($0)/config.json", "\"hidden_size\": 192,", "")
      }
      try await refused(shard, "cut off") { truncate("\($0)/\(shard)", 1_000_000) }
      try await refused(shard) { try FileManager.default.removeItem(atPath: "\($0)/\(shard)") }
      try await refused(shard) { try Data("no weights".utf8).write(to: URL(fileURLWithPath: "\($0)/\(shard)")) }
      try await refused("layers.3.mlp.up_proj.weighz") {
        try edit("\($0)/model.safetensors.index.json", "layers.3.mlp.up_proj.weight", "layers.3.mlp.up_proj.weighz")
      }
    }

    @Test func `wrong usage exits 64 and shows what is right`() async throws {
      for arguments in [
        ["run"], ["frobnicate"], ["run", "x.yaml", "--workers", "0"], ["run", "x.yaml", "--memory", "much"],
        ["coordinate", "x.yaml", "--listen", "tcp://127.0.0.1:99999"], ["status", "--output", "xml"],
        ["work", "x", "--give-up", "0"],
      ] {
        let ending = try await Rebound.run(arguments, in: workspace.root, limit: .seconds(60))
        #expect(ending.code == 64, "\(arguments)")
        #expect(ending.errors.contains("Usage: rebound"), "\(ending.errors)")
      }
      expectNothingWritten()
    }
  }
}
