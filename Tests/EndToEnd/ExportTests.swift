import Foundation
import Testing

extension EndToEnd {
  /// Exports of a real run, read by the programs that people read them with.
  @Suite struct ExportTests {
    let home = Undisturbed.shared

    @Test(.enabled(if: TestPython.interpreter != nil, "needs Python with venv, and PyPI once"))
    func `pandas, polars, DuckDB and NumPy read the same from every format, and count what the report says`()
      async throws
    {
      let run = try await home.run()
      let workspace = try Workspace(train: 0, evaluate: 0)
      for format in ["parquet", "csv", "npz"] {
        let out = workspace.path(format)
        let ending = try await Rebound.run(["export", run.layout.root, "--format", format, "--out", out])
        #expect(ending.code == 0 && ending.output.contains("tokens.\(format)"), "\(ending.errors)")
        #expect(workspace.list(format) == ["effects", "layers", "places", "tokens"].map { "\($0).\(format)" })
      }
      let ending = try await TestPython.run(
        "\(Rebound.project)/tools/check_export.py",
        ["\(run.layout.report)/report.json"] + ["parquet", "csv", "npz"].map(workspace.path))
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(ending.output.contains("counts of the report equal"))
      #expect(!ending.output.contains(" 0 counts") && !ending.output.hasPrefix("0 rows"))
      #expect(ending.output.contains("values by row") && !ending.output.contains(" 0 values"))
    }

    @Test func `an export goes beside the run, is not replaced unasked, and says what it wrote as JSON`() async throws {
      let run = try await home.run()
      let out = "\(run.layout.root)/export"
      defer { try? FileManager.default.removeItem(atPath: out) }
      let arguments = [
        "export", run.layout.root, "--only", "tokens", "--knockout", "anchors", "rivals", "--sites", "llm.6",
        "--without-controls", "--output", "json",
      ]
      let first = try await Rebound.run(arguments)
      let answer = try #require(try JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any])
      let files = try #require(answer["files"] as? [[String: Any]])
      // 32 images of 100 tokens under the baseline, six windows of one layer and five of two, at one site.
      #expect(answer["schema"] as? Int == 1 && files.count == 1)
      #expect(files.first?["path"] as? String == "\(out)/tokens.parquet")
      #expect(files.first?["rows"] as? Int == 32 * 100 * (1 + 6 + 5))
      try await Rebound.run(arguments).expectSentence("\(out)/tokens.parquet is there already", "--force", "--out")
      #expect(try await Rebound.run(arguments + ["--force"]).code == 0)
    }

    @Test func `what can't be exported is named, and what was meant`() async throws {
      let run = try await home.run().layout.root
      let workspace = try Workspace(train: 2, evaluate: 1)
      try await Rebound.run(["export", workspace.path("none")]).expectSentence(
        "\(workspace.path("none")) is not a run directory")
      try await Rebound.run(["export", run, "--knockout", "anchor"]).expectSentence(
        "no knockout 'anchor'", "did you mean 'anchors'?")
      try await Rebound.run(["export", run, "--sites", "adaptor"]).expectSentence(
        "no site 'adaptor'", "did you mean 'adapter'?")
      try await Rebound.run(["export", run, "--sites", "logits"]).expectSentence(
        "no site 'logits'", "vision.4, adapter")
      for place in ["/proc/rebound", "\(run)/spec.yaml"] {
        try await Rebound.run(["export", run, "--out", place]).expectSentence(
          place, "choose a place that can be written")
      }
      #expect(try await Rebound.run(["export", run, "--format", "arrow"]).code == 64)
      let unfinished = workspace.path("unfinished")
      let fitted = ["run", try workspace.spec(), "--out", unfinished, "--workers", "1", "--output", "quiet"]
      #expect(try await Rebound.run(fitted, environment: [:]).code == 0)
      try FileManager.default.removeItem(atPath: "\(unfinished)/state")
      try await Rebound.run(["export", unfinished]).expectSentence("\(unfinished) holds no results yet")
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs root, to mount a small file system"))
    func `a full disk leaves nothing of an export`() async throws {
      let run = try await home.run().layout.root
      let disk = try SmallDisk(at: home.workspace.path("export-disk"))
      try FileManager.default.createDirectory(atPath: "\(disk.path)/out", withIntermediateDirectories: true)
      try disk.fill()
      for format in ["parquet", "csv", "npz"] {
        try await Rebound.run(["export", run, "--format", format, "--out", "\(disk.path)/out"]).expectSentence(
          "\(disk.path)/out/tokens.\(format)", "No space left on device")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(disk.path)/out") == [])
      }
    }
  }
}
