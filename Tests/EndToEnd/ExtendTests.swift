import Catalog
import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// What was computed once is not computed again: in the same run, and in another one.
  @Suite struct ExtendTests {
    private let workspace = Undisturbed.shared.workspace

    /// The small sweep with less to do: its third knockout on four of its images.
    private func smaller(_ file: String, _ edit: (inout SpecText) -> Void = { _ in }) throws -> String {
      try workspace.spec(file) {
        $0.evaluate = "{split: evaluate, images: 4}"
        $0.knockouts = [$0.knockouts[2]]
        edit(&$0)
      }
    }

    private func run(_ spec: String, _ out: String, output: String = "quiet") async throws -> Ending {
      try await Rebound.run(["run", spec, "--out", out, "--workers", "1", "--threads", "1", "--output", output])
    }

    @Test func `an extended run computes only the difference, and is the run of the whole spec`() async throws {
      let out = workspace.path("extended")
      #expect(try await run(try smaller("smaller.yaml"), out).code == 0)
      let before = try RunContent(out)
      #expect(before.committed(.sweep) == 8)

      let whole = try Undisturbed.shared.spec()
      let refusal = try await run(whole, out)
      #expect(refusal.code == 1)
      #expect(refusal.complaints.first?.contains("rebound extend \(out) SPEC") == true, "\(refusal.errors)")
      let extending = try await Rebound.run(["extend", out, whole])
      #expect(extending.code == 0, "\(extending.errors)")
      #expect(extending.output.contains("Added 28 images and"), "\(extending.output)")
      #expect(try RunContent(out).committed(.sweep) == 8, "extending computed or lost something")
      #expect(try await Rebound.run(["extend", out, whole]).output.hasPrefix("Nothing is new"))

      #expect(try await run(whole, out).code == 0)
      let after = try RunContent(out)
      try await Undisturbed.shared.expectEqual(after)
      let old = Set(before.workers.values)
      #expect(after.workers.values.count { old.contains($0) } == before.workers.count, "a trial was computed again")
    }

    @Test func `what a run lacks, and what it has otherwise, can't be extended`() async throws {
      let out = workspace.path("not-extended")
      #expect(try await run(try smaller("few.yaml") { $0.evaluate = "{split: evaluate, images: 2}" }, out).code == 0)
      let before = try RunContent(out)
      for (edit, sentence) in [
        ({ $0.seed = 3 }, "seed: 0, not 3"),
        (
          { $0.knockouts[0] = $0.knockouts[0].replacing("windows: all", with: "windows: [[1, 2]]") }, "is missing there"
        ),
        ({ $0.evaluate = "{split: evaluate, images: 1}" }, "its evaluation image"),
      ] as [((inout SpecText) -> Void, String)] {
        let ending = try await Rebound.run(["extend", out, try smaller("otherwise.yaml", edit)])
        #expect(ending.code == 1)
        #expect(ending.complaints.first?.contains(sentence) == true, "\(ending.errors)")
      }
      #expect(try RunContent(out).payloads == before.payloads)
    }

    @Test func `a new run takes over features, probes and trials that are its own too`() async throws {
      let base = workspace.path("base")
      #expect(try await run(try smaller("base.yaml"), base).code == 0)
      let computed = try RunContent(base)
      let out = workspace.path("reusing")
      let ending = try await run(try workspace.spec("reusing.yaml") { $0.more = "reuse: base" }, out, output: "text")
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(
        ending.errors.contains(
          "took over from \(base) the outcomes of these trials: 2 of extract, 4 of fit, 8 of sweep"),
        "\(ending.errors)")
      let reusing = try RunContent(out)
      try await Undisturbed.shared.expectEqual(reusing)
      let old = Set(computed.workers.values)
      #expect(reusing.workers.values.count { old.contains($0) } == computed.workers.count)
    }

    @Test func `nothing is taken over where it would be another's, and that is said`() async throws {
      let base = workspace.path("base-other")
      #expect(try await run(try smaller("base-other.yaml"), base).code == 0)
      let spec = try smaller("other-seed.yaml") {
        $0.seed = 3
        $0.more = "reuse: [base-other]"
      }
      let ending = try await run(spec, workspace.path("reusing-other"), output: "text")
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(ending.errors.contains("no further outcome of \(base) is one of this run's"), "\(ending.errors)")
      let missing = try await run(try smaller("missing.yaml") { $0.more = "reuse: nowhere" }, workspace.path("none"))
      #expect(missing.code == 1)
      #expect(
        missing.errors.contains("reuse: \(workspace.path("nowhere")) is not a run directory"), "\(missing.errors)")
    }
  }
}
