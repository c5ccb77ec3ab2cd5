import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// Runs over different images, made one.
  @Suite struct MergeTests {
    /// Twelve evaluation images, of which split `evaluate-000` has ten.
    private let workspace: Workspace
    init() throws { workspace = try Workspace(train: 8, evaluate: 12) }

    /// A run over the images of `split`.
    private func run(_ split: String, _ edit: (inout SpecText) -> Void = { _ in }) async throws -> String {
      let spec = try spec(split, edit)
      let out = workspace.path("\(split)-run")
      let ending = try await Rebound.run(["run", spec, "--out", out, "--workers", "2", "--output", "quiet"])
      #expect(ending.code == 0, "\(ending.errors)")
      return out
    }

    private func spec(_ split: String, _ edit: (inout SpecText) -> Void = { _ in }) throws -> String {
      var text = SpecText()
      text.evaluate = "{split: \(split), images: all}"
      text.masks = "masks/{name}.png"
      edit(&text)
      return try workspace.write(
        text.text.replacing("images: images/{split}/*.jpg", with: "images: images/*/{split}*.jpg"),
        to: "\(split).yaml")
    }

    @Test func `runs over parts of the images become the run over all of them, to the byte`() async throws {
      let parts = [try await run("evaluate-000"), try await run("evaluate-001")]
      let whole = try RunContent(try await run("evaluate"))
      let out = workspace.path("merged")
      let merging = try await Rebound.run(["merge", parts[1], parts[0], "--out", out])
      #expect(merging.code == 0 && merging.output.contains("12 images"), "\(merging.errors)")
      #expect(try await Rebound.run(["report", out, "--output", "quiet"]).code == 0)
      let merged = try RunContent(out)
      #expect(merged.payloads == whole.payloads && merged.predictions == whole.predictions)
      #expect(merged.report == whole.report && !merged.report.isEmpty)
      // It is a run like any other: it can be merged again, and continued with a spec over all images, which starts nothing.
      #expect(try await Rebound.run(["merge"] + parts + ["--out", out]).code == 0)
      let again = try await Rebound.run(["run", try spec("evaluate"), "--out", out, "--output", "quiet"])
      #expect(again.code == 0 && !FileManager.default.fileExists(atPath: "\(out)/logs/worker-1.log"))
      #expect(try RunContent(out).payloads == whole.payloads)
    }

    @Test func `runs that are not parts of one are refused with what differs, and nothing is made`() async throws {
      let few: (inout SpecText) -> Void = { $0.knockouts = [$0.knockouts[2]] }
      let part = try await run("evaluate-001", few)
      let out = workspace.path("merged")
      try await Rebound.run(["merge", part, part, "--out", out]).expectSentence(
        "both have an evaluation image 'evaluate-00")
      try await Rebound.run(["merge", part, "--out", out]).expectSentence("name two runs or more")
      let seeded = try await run("evaluate-000") {
        few(&$0)
        $0.seed = 3
      }
      try await Rebound.run(["merge", part, seeded, "--out", out]).expectSentence(
        "\(seeded) can't be merged with \(part)", "seed: 3, not 0", "only the evaluation images")
      let other = try await run("evaluate") {
        few(&$0)
        $0.probes = "{sites: [vision.4, adapter, llm.3, llm.6], method: ridge, l2: [1e-1]}"
      }
      try await Rebound.run(["merge", part, other, "--out", out]).expectSentence("probes.l2")
      #expect(!FileManager.default.fileExists(atPath: out))
    }
  }
}
