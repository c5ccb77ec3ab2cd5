import Catalog
import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// A worker that has to leave while the coordinator is away.
  @Suite struct SpoolRunTests {
    @Test func `outcomes of a worker that leaves while the coordinator is away reach the next coordinator`()
      async throws
    {
      let workspace = Undisturbed.shared.workspace
      let out = workspace.path("spooled")
      let scratch = workspace.path("scratch")
      func coordinate() throws -> RunningProgram {
        try Rebound.start([
          "coordinate", try Undisturbed.shared.spec(), "--out", out, "--listen", "ipc", "--output", "quiet",
        ])
      }
      func work() throws -> RunningProgram {
        try Rebound.start(["work", out, "--threads", "1", "--scratch", scratch, "--output", "quiet"])
      }
      func frames() -> [String] {
        (FileManager.default.subpaths(atPath: scratch) ?? []).filter { $0.hasSuffix(".frame") }
      }
      let first = try coordinate()
      _ = try await live(out, of: first, until: "it listens") { _ in true }
      let worker = try work()
      _ = try await live(out, of: first, until: "the sweep") { ($0.progress(.sweep)?.done ?? 0) > 0 }
      first.signal(SIGKILL)
      #expect(try await first.ending().code == 128 + SIGKILL)
      try await Task.sleep(for: .seconds(1))
      worker.signal(SIGTERM)
      let left = try await worker.ending()
      #expect(left.code == 0 && left.errors.contains("are kept"), "\(left.errors)")
      #expect(!frames().isEmpty)
      let kept = try RunContent(out)

      let second = try coordinate()
      _ = try await live(out, of: second, until: "it listens") { $0.epoch == Epoch(2) }
      let heir = try work()
      let ending = try await second.ending()
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(try await heir.ending().code == 0)
      #expect(frames().isEmpty)
      let run = try RunContent(out)
      #expect(kept.payloads.allSatisfy { run.payloads[$0.key] == $0.value })
      #expect(run.predictions == (try await Undisturbed.shared.run()).predictions)
      #expect(run.differences == 0)
    }
  }
}
