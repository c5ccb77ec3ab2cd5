import Catalog
import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// The coordinator's own end, by force or by request: the same command continues.
  @Suite struct CoordinatorKillTests {
    private func start(_ out: String) throws -> RunningProgram {
      try Rebound.start([
        "run", try Undisturbed.shared.spec(), "--out", out, "--workers", "2", "--threads", "1", "--output", "quiet",
      ])
    }

    private func midSweep(_ status: StatusSnapshot) -> Bool {
      guard let sweep = status.progress(.sweep) else { return false }
      return sweep.done >= 10 && sweep.leased > 0 && sweep.done < sweep.total / 2
    }

    @Test func `kill -9 of the coordinator loses nothing acknowledged, and the same command finishes equal`()
      async throws
    {
      let out = Undisturbed.shared.workspace.path("coordinator-killed")
      let first = try start(out)
      let before = try await live(out, of: first, until: "the middle of the sweep", midSweep)
      first.signal(SIGKILL)
      #expect(try await first.ending().code == 128 + SIGKILL)
      let kept = try RunContent(out)
      #expect(kept.committed(.sweep) >= before.progress(.sweep)?.done ?? .max, "an acknowledged outcome is lost")
      let dead = try #require(await status(of: out))
      #expect(dead.source == .runDirectory && dead.phase == .stopped)
      #expect(dead.progress(.sweep)?.done == kept.committed(.sweep))

      let second = try start(out)
      var seen = kept.committed(.sweep)
      while second.isRunning {
        guard let status = try await status(of: out), let done = status.progress(.sweep)?.done else { continue }
        #expect(done >= seen, "the count of committed outcomes fell")
        seen = done
      }
      let ending = try await second.ending()
      #expect(ending.code == 0, "\(ending.errors)")
      let run = try RunContent(out)
      #expect(kept.payloads.allSatisfy { run.payloads[$0.key] == $0.value }, "a committed outcome changed")
      try await Undisturbed.shared.expectEqual(run)
      try await eventually("the end of the workers that the kill left behind", within: .seconds(60)) {
        before.workers.contains { isAlive($0.pid) } ? nil : ()
      }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `SIGINT and SIGTERM end a run with 130, its workers too, and the same command continues`(
      signal: Int32
    ) async throws {
      let out = Undisturbed.shared.workspace.path("signal-\(signal)")
      let first = try start(out)
      let before = try await live(out, of: first, until: "the middle of the sweep", midSweep)
      first.signal(signal)
      #expect(try await first.ending().code == 130)
      #expect(!before.workers.contains { isAlive($0.pid) }, "a worker outlives the run")
      let kept = try RunContent(out)
      #expect(kept.committed(.sweep) >= before.progress(.sweep)?.done ?? .max)
      #expect(kept.committed(.sweep) < before.progress(.sweep)?.total ?? 0, "it was finished already")
      #expect(try await start(out).ending().code == 0)
      try await Undisturbed.shared.expectEqual(try RunContent(out))
    }

    @Test func `a second coordinator on a run is refused with the owner's name, and disturbs nothing`() async throws {
      let out = Undisturbed.shared.workspace.path("owned")
      let first = try start(out)
      _ = try await live(out, of: first, until: "a live coordinator") { _ in true }
      let second = try await start(out).ending()
      second.expectSentence("\(out) is being coordinated", "process \(first.pid)", "rebound status \(out)")
      #expect(try await first.ending().code == 0)
      try await Undisturbed.shared.expectEqual(try RunContent(out))
    }

    /// The worker's old connection meets the new coordinator, and fails its handshake, before the worker knows the new keys.
    @Test func `a coordinator that comes back at the same port with other keys is found by its workers`() async throws {
      let out = Undisturbed.shared.workspace.path("same-port")
      func coordinate(_ endpoint: String) throws -> RunningProgram {
        try Rebound.start([
          "coordinate", try Undisturbed.shared.spec(), "--out", out, "--listen", endpoint, "--advertise", "127.0.0.1",
          "--output", "quiet",
        ])
      }
      let first = try coordinate("tcp://127.0.0.1:0")
      _ = try await live(out, of: first, until: "it listens") { _ in true }
      let endpoint = try AccessFile(path: RunLayout(root: out).access).endpoint
      let worker = try Rebound.start(["work", out, "--threads", "1", "--output", "quiet"])
      _ = try await live(out, of: first, until: "the sweep") { ($0.progress(.sweep)?.done ?? 0) > 0 }
      first.signal(SIGKILL)
      #expect(try await first.ending().code == 128 + SIGKILL)
      try FileManager.default.removeItem(atPath: RunLayout(root: out).keys)
      let second = try coordinate("\(endpoint)")
      let ending = try await second.ending(within: .seconds(120))
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(try await worker.ending().code == 0)
      #expect(try await Rebound.run(["report", out, "--output", "quiet"]).code == 0)
      try await Undisturbed.shared.expectEqual(try RunContent(out))
    }
  }
}
