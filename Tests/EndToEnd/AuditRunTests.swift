import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// A real run that checks itself, and a worker whose time is short.
  @Suite struct AuditRunTests {
    private let workspace = Undisturbed.shared.workspace

    @Test func `a run with an audit computes its sample twice, and is no other run`() async throws {
      let out = workspace.path("audited")
      let spec = workspace.path("audit.yaml")
      let plain = try String(contentsOfFile: try Undisturbed.shared.spec(), encoding: .utf8)
      try "\(plain)\naudit: 10%\n".write(toFile: spec, atomically: true, encoding: .utf8)
      let command = ["run", spec, "--out", out, "--workers", "2", "--threads", "1", "--output", "quiet"]
      #expect(try await Rebound.run(command).code == 0)
      let first = try #require(try await status(of: out))
      let sweep = try #require(first.progress(.sweep))
      #expect((sweep.total / 20...sweep.total / 5).contains(first.counters.audited), "\(first.counters.audited)")
      #expect(first.counters.nondeterminism == 0)
      try await Undisturbed.shared.expectEqual(try RunContent(out))
      // A finished run is not audited again.
      #expect(try await Rebound.run(command).code == 0)
      #expect(try await status(of: out)?.counters.audited == first.counters.audited)
    }

    @Test func `a worker leaves before its walltime ends, and another one goes on`() async throws {
      let out = workspace.path("walltime")
      let coordinator = try Rebound.start([
        "coordinate", try Undisturbed.shared.spec(), "--out", out, "--listen", "ipc", "--output", "quiet",
      ])
      _ = try await live(out, of: coordinator, until: "it listens") { _ in true }
      let hurried = try await Rebound.run(
        ["work", out, "--threads", "1", "--output", "json"],
        environment: ["SLURM_JOB_END_TIME": "\(Int(Date().timeIntervalSince1970) + 12)"])
      #expect(hurried.code == 0 && hurried.output.contains("walltime ends"), "\(hurried.output)\(hurried.errors)")
      #expect(try await status(of: out)?.workers.isEmpty == true)
      for wrong in ["soon", "-5", "1-2", "1:2:3:4", "0"] {
        #expect(try await Rebound.run(["work", out, "--walltime", wrong]).code == 64, "\(wrong)")
      }
      // What Slurm doesn't say is no walltime.
      for strange in ["nan", "1e300", "", "99999999999999"] {
        let worker = try Rebound.start(
          ["work", out, "--output", "quiet"], environment: ["SLURM_JOB_END_TIME": strange])
        _ = try await live(out, of: coordinator, until: "a worker with the walltime '\(strange)'") {
          $0.workers.count == 1
        }
        worker.signal(SIGTERM)
        let left = try await worker.ending()
        #expect(left.code == 0, "\(strange): \(left.code) \(left.errors)")
      }
      let patient = try await Rebound.run(["work", out, "--walltime", "1-00:00:00", "--output", "quiet"])
      #expect(patient.code == 0, "\(patient.errors)")
      let ending = try await coordinator.ending()
      #expect(ending.code == 0, "\(ending.errors)")
      let run = try RunContent(out)
      #expect(run.predictions == (try await Undisturbed.shared.run()).predictions)
    }
  }
}
