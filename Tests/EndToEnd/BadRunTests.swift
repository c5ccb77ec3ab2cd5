import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// Run directories that can't be used, and coordinators that aren't there.
  @Suite struct BadRunTests {
    let workspace: Workspace
    init() throws { workspace = try Workspace(train: 2, evaluate: 1) }

    private func run(_ spec: String, _ out: String) async throws -> Ending {
      try await Rebound.run(["run", spec, "--out", out, "--workers", "1", "--output", "quiet"])
    }

    @Test func `a run of another spec is refused with what differs, the cause first, and stays as it is`() async throws
    {
      let out = workspace.path("out")
      #expect(try await run(workspace.spec(), out).code == 0)
      let before = try RunContent(out)
      try await run(workspace.spec("other.yaml") { $0.seed = 8 }, out).expectSentence(
        "\(out) is a run of another experiment; it has seed: 0, not 8", "--out")
      let after = try RunContent(out)
      #expect(after.payloads == before.payloads && after.report == before.report)
    }

    @Test func `a place that is taken or can't be written is refused, and stays as it is`() async throws {
      let spec = try workspace.spec()
      let taken = workspace.path("taken")
      try FileManager.default.createDirectory(atPath: taken, withIntermediateDirectories: true)
      try workspace.write("", to: "taken/thesis.tex")
      try await run(spec, taken).expectSentence("\(taken) is not a run directory", "thesis.tex", "another directory")
      #expect(workspace.list("taken") == ["thesis.tex"])
      try await run(spec, spec).expectSentence(spec, "Not a directory", "choose a place that can be written")
      try await run(spec, "\(spec)/below").expectSentence(spec, "Not a directory")
      try await run(spec, "/proc/rebound").expectSentence("/proc/rebound", "choose a place that can be written")
    }

    @Test func `status, report and work name a run that isn't there`() async throws {
      for command in ["status", "report"] {
        try await Rebound.run([command, workspace.path("none")]).expectSentence(
          "\(workspace.path("none")) is not a run directory", "experiment.json")
      }
      try await Rebound.run(["work", workspace.root]).expectSentence("is not a run directory", "experiment.json")
      try await Rebound.run(["status"], in: workspace.root).expectSentence("there is no run here", "rebound status")
      try await Rebound.run(["work", workspace.path("none")]).expectSentence(
        "neither a run directory nor an access file")
    }

    @Test func `a worker whose coordinator is gone, or dies, ends with a sentence that says what to look at`()
      async throws
    {
      let out = workspace.path("out")
      let coordinator = try Rebound.start([
        "coordinate", try workspace.spec { $0.probes = "{sites: all, method: softmax}" }, "--out", out, "--listen",
        "tcp://127.0.0.1:0",
      ])
      _ = try await live(out, of: coordinator, until: "a live coordinator") { _ in true }
      let worker = try Rebound.start(["work", out, "--threads", "1", "--give-up", "3", "--output", "quiet"])
      _ = try await live(out, of: coordinator, until: "a worker") { !$0.workers.isEmpty }
      coordinator.signal(SIGKILL)
      _ = try await coordinator.ending()
      let sentence = "no word from the coordinator at \(out)/access.json for"
      let left = try await worker.ending()
      #expect(left.code == 1 && left.complaints.count == 1, "\(left.errors)")
      #expect(left.complaints.first?.contains(sentence) == true, "\(left.errors)")
      let late = try await Rebound.run(["work", out, "--give-up", "1", "--output", "quiet"])
      late.expectSentence(sentence, "see whether it runs")
      try FileManager.default.removeItem(atPath: "\(out)/access.json")
      let later = try await Rebound.run(["work", out, "--give-up", "1", "--output", "quiet"])
      later.expectSentence(sentence, "access.json: No such file", "see whether it runs")
    }

    @Test func `a port that is taken is named, with a way out`() async throws {
      let spec = try workspace.spec()
      let first = try Rebound.start(["coordinate", spec, "--out", workspace.path("a"), "--listen", "tcp://127.0.0.1:0"])
      _ = try await live(workspace.path("a"), of: first, until: "a live coordinator") { _ in true }
      let address = "\(try AccessFile(path: workspace.path("a/access.json")).endpoint)"
      let second = try await Rebound.run(["coordinate", spec, "--out", workspace.path("b"), "--listen", address])
      second.expectSentence("cannot listen at \(address)", "Address already in use", "choose another port")
      first.signal(SIGTERM)
      #expect(try await first.ending().code == 130)
    }
  }
}
