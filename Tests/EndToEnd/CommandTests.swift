import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// The commands that look at things, and what they print.
  @Suite struct CommandTests {
    let home = Undisturbed.shared

    @Test func `plan says what a sweep takes, in text and JSON, and writes nothing`() async throws {
      let workspace = try Workspace(train: 2, evaluate: 1)
      let spec = try workspace.spec()
      let text = try await Rebound.run(["plan", spec])
      #expect(text.code == 0 && text.output.contains("trials"), "\(text.errors)")
      #expect(schema(of: try await Rebound.run(["plan", spec, "--output", "json"])) == 1)
      #expect(workspace.list() == ["images", "masks", "spec.yaml"])
    }

    @Test func `status of a finished run says that no coordinator runs, once, watched or not`() async throws {
      let out = try await home.run().layout.root
      for flags in [[], ["--watch"]] {
        let ending = try await Rebound.run(["status", out] + flags, limit: .seconds(60))
        #expect(ending.code == 0 && ending.output.contains("no coordinator runs"))
        #expect(ending.output.components(separatedBy: "finished").count == 2)
        #expect(!ending.output.contains("\u{1B}"), "escape codes without a terminal")
      }
      let status = try #require(await status(of: out))
      #expect(status.source == .runDirectory && status.phase == .finished)
      #expect(status.stages.allSatisfy { $0.done == $0.total && $0.total > 0 })
    }

    @Test func `a run without a terminal shows progress lines; watching it ends with it`() async throws {
      let workspace = try Workspace(train: 8, evaluate: 2)
      let out = workspace.path("out")
      let run = try Rebound.start(["run", try workspace.spec(), "--out", out, "--workers", "1", "--output", "json"])
      let seen = try await live(out, of: run, until: "a live coordinator") { _ in true }
      #expect(seen.phase == .running && seen.started != nil)
      let watch = try await Rebound.run(["status", out, "--watch"])
      #expect(watch.code == 0 && watch.output.contains("live, from the coordinator"), "\(watch.errors)")
      let ending = try await run.ending()
      #expect(ending.code == 0 && schema(of: ending) == 1)
      #expect(ending.errors.contains("small: sweep"))
      #expect(!ending.errors.contains("\u{1B}"))
    }

    @Test func `a finished run that is started again asks no worker to come`() async throws {
      let workspace = try Workspace(train: 8, evaluate: 1)
      let out = workspace.path("out")
      let arguments = ["run", try workspace.spec(), "--out", out, "--workers", "1", "--output", "quiet"]
      let log = "\(out)/logs/worker-1.log"
      #expect(try await Rebound.run(arguments).code == 0)
      try FileManager.default.removeItem(atPath: log)
      #expect(try await Rebound.run(arguments).code == 0)
      #expect(!FileManager.default.fileExists(atPath: log))
    }

    @Test func `report prints text, JSON or nothing, and writes JSON, tables and a page`() async throws {
      let run = try await home.run()
      let out = run.layout.root
      let files = ["classes.csv", "effects.csv", "index.html", "layers.csv", "places.csv", "report.json"]
      for file in files { try FileManager.default.removeItem(atPath: "\(run.layout.report)/\(file)") }
      let text = try await Rebound.run(["report", out])
      #expect(text.code == 0 && text.output.contains("Layer by layer") && text.output.contains("index.html"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: run.layout.report).sorted() == files)
      let json = try await Rebound.run(["report", out], environment: ["REBOUND_OUTPUT": "json"])
      #expect(schema(of: json) == 1)
      #expect(json.output == String(decoding: run.report, as: UTF8.self) + "\n")
      let quiet = try await Rebound.run(["report", out, "--output", "quiet"])
      #expect(quiet.code == 0 && quiet.output.isEmpty && quiet.errors.isEmpty)
      let page = try String(contentsOfFile: "\(run.layout.report)/index.html", encoding: .utf8)
      #expect(page.hasPrefix("<!doctype html>") || page.hasPrefix("<!DOCTYPE html>"))
      #expect(!page.contains("src=\"http"), "the page needs a network")
    }

    @Test func `an output that does not exist is wrong usage, in the environment as on the line`() async throws {
      for arguments in [["doctor"], ["doctor", "--output", "jsn"]] {
        let ending = try await Rebound.run(arguments, environment: ["REBOUND_OUTPUT": "jsn"])
        #expect(ending.code == 64 && ending.errors.contains("jsn") && ending.errors.contains("quiet"))
      }
      #expect(try await Rebound.run(["doctor", "--output", "text"], environment: ["REBOUND_OUTPUT": "jsn"]).code == 0)
    }

    @Test func `the demo runs a model and its twin, and reports them side by side`() async throws {
      let workspace = try Workspace(train: 4, evaluate: 2)
      _ = try workspace.spec("demo.yaml") { $0.name = "demo" }
      _ = try workspace.spec("twin.yaml") {
        $0.name = "demo-twin"
        $0.model = "\(Rebound.project)/examples/demo/twin"
      }
      let ending = try await Rebound.run([
        "demo", "--small", "--directory", workspace.root, "--out", workspace.path("out"), "--workers", "2", "--output",
        "json",
      ])
      #expect(ending.code == 0 && schema(of: ending) == 1, "\(ending.errors)")
      #expect(workspace.list("out") == ["demo-pilot", "demo-twin-pilot"])
      let report = try JSONSerialization.jsonObject(with: try RunContent(workspace.path("out/demo-pilot")).report)
      #expect(((report as? [String: Any])?["others"] as? [Any])?.count == 1)
      try await Rebound.run(["demo", "--directory", workspace.path("none")]).expectSentence("demo.yaml", "--directory")
    }
  }
}
