import Catalog
import Compute
import Foundation
import Testing

extension EndToEnd {
  /// `rebound trace`.
  @Suite struct TraceTests {
    let workspace: Workspace
    init() throws { workspace = try Workspace(train: 1, evaluate: 1) }

    private func trace(_ name: String, _ more: [String] = [], prefix: String = "1,4") async throws -> Ending {
      try await Rebound.run(
        [
          "trace", "--model", "\(Rebound.project)/examples/demo/model", "--image",
          workspace.path("images/train/train-0000.jpg"), "--prefix-ids", prefix, "--out", workspace.path(name),
        ] + more, limit: .seconds(60))
    }

    private func knockout(_ text: String) throws -> [String] {
      ["--knockout", try workspace.write("name: edit\n\(text)\n", to: "knockout.yaml")]
    }

    @Test func `a trace has every site, the pixels and the effective edges, and equal bytes with one and two threads`()
      async throws
    {
      let edit = try knockout("block: {queries: image, keys: image, where: within(1)}\nwindows: [[2, 3]]")
      let one = try await trace("one.safetensors", edit + ["--threads", "1", "--output", "json"])
      #expect(one.code == 0 && schema(of: one) == 1, "\(one.errors)")
      #expect(try await trace("two.safetensors", edit + ["--threads", "2", "--output", "quiet"]).code == 0)
      #expect(
        FileManager.default.contents(atPath: workspace.path("one.safetensors"))
          == FileManager.default.contents(atPath: workspace.path("two.safetensors")))
      let file = try SafetensorsFile(path: workspace.path("one.safetensors"))
      let sites = (0...5).map { "vision.\($0)" } + ["adapter"] + (1...6).map { "llm.\($0)" }
      #expect(Set(file.names) == Set(sites + ["pixels", "effective_edges"]))
      #expect(file.shape(of: "pixels") == [3, 160, 160])
      #expect(file.shape(of: "effective_edges") == [2, 3])
      #expect(file.shape(of: "llm.6")?.last == 192)
      let edges = try file.integers("effective_edges")
      // Earlier tokens among the 8 neighbours, on a grid of 10 × 10: one to the left and up to three above.
      #expect(edges.allSatisfy { $0 == 9 * 10 + 9 * 10 + 2 * 9 * 9 }, "\(edges)")
    }

    @Test func `a prompt behind the image moves its tokens where they can see it`() async throws {
      let fixture = "\(Rebound.project)/Tests/Fixtures/models/paligemma"
      func last(_ suffix: String) async throws -> [Float] {
        let file = workspace.path("suffix-\(suffix).safetensors")
        let ending = try await Rebound.run(
          [
            "trace", "--model", "\(fixture)/model", "--image", "\(fixture)/image.png", "--suffix-ids", suffix, "--out",
            file,
          ], limit: .seconds(60))
        #expect(ending.code == 0, "\(ending.errors)")
        return try SafetensorsFile(path: file).tensor("llm.3").floats()
      }
      let expected = try SafetensorsFile(path: "\(fixture)/baseline.safetensors").tensor("llm.3").floats()
      #expect(try await zip(last("11,3,2"), expected).allSatisfy { abs($0 - $1) < 1e-3 })
      #expect(try await zip(last("11,3"), expected).contains { abs($0 - $1) > 0.1 })
    }

    @Test func `a prompt as text is traced as its ids, which stand in the file with the image's positions`()
      async throws
    {
      let model = workspace.path("worded")
      try FileManager.default.copyItem(atPath: "\(Rebound.project)/examples/demo/model", toPath: model)
      let image = workspace.path("images/train/train-0000.jpg")
      func trace(_ name: String, _ more: String...) async throws -> Ending {
        try await Rebound.run(
          ["trace", "--model", model, "--image", image, "--out", workspace.path(name)] + more, limit: .seconds(60))
      }
      try await trace("x", "--prompt", "ab<image>").expectSentence(
        "--prompt", "tokenizer.json", "give the ids themselves")
      let template =
        #"{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<bos>"}}, {"Sequence": {"id": "A"}}], "#
      try Data(
        (#"{"model": {"type": "BPE", "vocab": {"<bos>": 1, "a": 2, "b": 3, "ab": 4}, "merges": ["a b"]}, "#
          + #""post_processor": \#(template)"special_tokens": {"<bos>": {"ids": [1]}}}}"#).utf8
      ).write(to: URL(fileURLWithPath: "\(model)/tokenizer.json"))
      let text = try await trace("text.safetensors", "--prompt", "ab<image>b", "--output", "json")
      #expect(text.code == 0, "\(text.errors)")
      #expect(text.output.contains(#""first" : 2"#) && text.output.contains(#""last" : 101"#), "\(text.output)")
      #expect(try await trace("ids.safetensors", "--prefix-ids", "1,4").code == 0)
      let bytes = FileManager.default.contents(atPath: workspace.path("text.safetensors"))
      #expect(bytes == FileManager.default.contents(atPath: workspace.path("ids.safetensors")))
      let header = String(decoding: (bytes ?? Data()).dropFirst(8).prefix(4_000), as: UTF8.self)
      #expect(header.contains(#""image_tokens":"2-101""#) && header.contains(#""prefix_token_ids":"1,4""#), "\(header)")
      try await trace("x", "--prompt", "ab").expectSentence("--prompt: holds <image> 0 times")
      let both = try await trace("x", "--prompt", "ab<image>", "--prefix-ids", "1")
      #expect(both.code != 0 && both.errors.contains("keep one of them"), "\(both.errors)")
    }

    @Test func `a knockout that edits nothing says so, and one that does says how much`() async throws {
      let nothing = try await trace(
        "x", knockout("block: {queries: {tokens: [12]}, keys: {tokens: [40]}}\nwindows: all"))
      #expect(nothing.code == 0 && nothing.output.contains("no effective edge"), "\(nothing.output)")
      let one = try await trace("x", knockout("block: {queries: {tokens: [40]}, keys: {tokens: [12]}}\nwindows: all"))
      #expect(one.code == 0 && one.output.contains("edits 18 edges"), "\(one.output)")
    }

    @Test func `what a trace can't do is said in one sentence, and no file is written`() async throws {
      try await trace("x", prefix: "1,99").expectSentence("--prefix-ids: 99", "vocabulary of 36")
      try await trace("x", ["--suffix-ids", "5"]).expectSentence("--suffix-ids", "attention is causal", "leave it out")
      try await trace("x", knockout("block: {queries: image, keys: everything}\nwindows: all"))
        .expectSentence("knockout.yaml:2: block.keys", "everything")
      try await trace("x", knockout("block: {queries: image, keys: image}\nwindows: [[1, 2], [3, 4]]"))
        .expectSentence("knockout.yaml:3: windows", "2 windows", "exactly one")
      try await trace("x", knockout("block: {queries: {tokens: [0, 5000]}, keys: image}\nwindows: all"))
        .expectSentence("there is no token 5000", "0 to 101")
      try await trace("x", knockout("block: {queries: wrong, keys: image}\nwindows: all"))
        .expectSentence("'wrong' needs labels and probes", "use image")
      try await trace("x", ["--knockout", workspace.path("none.yaml")]).expectSentence("none.yaml", "no such file")
      try await trace("none/x").expectSentence("none/x cannot be written", "No such file or directory")
      #expect(workspace.list().filter { $0.hasPrefix("x") }.isEmpty)
    }
  }
}
