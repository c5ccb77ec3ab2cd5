import Catalog
import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// Real faults of real links, between a coordinator and workers on other hosts: they cost time, and change no bit.
  @Suite(.enabled(if: TestNetwork.isPossible, "needs root, iproute2 and iptables, to make networks"))
  struct NetworkFaultTests {
    /// A sweep that is long enough to be disturbed: its directory in the workspace, and what it should find.
    private func prepare(_ workspace: Workspace) async throws -> (spec: String, calm: RunContent) {
      let spec = try workspace.spec()
      let calm = workspace.path("calm")
      let ending = try await Rebound.run(["run", spec, "--out", calm, "--workers", "2", "--threads", "1"])
      #expect(ending.code == 0, "\(ending.errors)")
      return (spec, try RunContent(calm))
    }

    private func coordinate(_ spec: String, _ out: String, on network: TestNetwork) async throws -> RunningProgram {
      let coordinator = try network.coordinate([
        "coordinate", spec, "--out", out, "--listen", "tcp://10.77.0.1:7070", "--advertise", "10.77.0.1", "--output",
        "quiet",
      ])
      _ = try await status(of: out, from: coordinator, on: network, until: "it listens") { _ in true }
      return coordinator
    }

    /// The status, as somebody on the coordinator's host sees it.
    private func status(
      of out: String, from coordinator: RunningProgram, on network: TestNetwork, until what: String,
      _ condition: (StatusSnapshot) -> Bool
    ) async throws -> StatusSnapshot {
      try await eventually(what) {
        guard coordinator.isRunning else { throw TimeLimitExceeded(description: "the run ended before: \(what)") }
        let ending = try await network.run(["status", out, "--output", "json"])
        guard ending.code == 0, let status = try? StatusSnapshot(json: Data(ending.output.utf8)),
          status.source == .live, condition(status)
        else { return nil }
        return status
      }
    }

    private func done(_ count: Int) -> (StatusSnapshot) -> Bool { { ($0.progress(.sweep)?.done ?? 0) >= count } }

    private func expectEqual(_ out: String, _ calm: RunContent) throws {
      let run = try RunContent(out)
      #expect(run.payloads == calm.payloads && run.predictions == calm.predictions)
      #expect(run.differences == 0 && run.quarantined.isEmpty)
    }

    @Test func `cut links, one-way loss, lost packets, a frozen worker and a killed coordinator change no bit`()
      async throws
    {
      let workspace = try Workspace(train: 16, evaluate: 40)
      let (spec, calm) = try await prepare(workspace)
      let out = workspace.path("disturbed")
      let network = try TestNetwork(workers: 3)
      var coordinator = try await coordinate(spec, out, on: network)
      let workers = try (0..<3).map { try network.work($0, ["work", out, "--threads", "1", "--output", "quiet"]) }

      _ = try await status(of: out, from: coordinator, on: network, until: "the sweep", done(20))
      // Pulled and put back; the others go on.
      try network.cut(0)
      let cut = try await status(of: out, from: coordinator, on: network, until: "work in spite of the cut", done(60))
      try network.cut(0, false)
      // The worker is heard, and hears nothing.
      try network.deafen(1)
      // A worker freezes with what it holds, and wakes when that has long been somebody else's.
      workers[2].signal(SIGSTOP)
      let frozenAt = cut.progress(.sweep)?.done ?? 0
      _ = try await status(
        of: out, from: coordinator, on: network, until: "work of the one that is left", done(frozenAt + 60))
      try network.heal(1)
      try network.lose(0.15, at: 1)
      try network.lose(0.05, at: 0)
      _ = try await status(
        of: out, from: coordinator, on: network, until: "work over bad links", done(frozenAt + 120))
      coordinator.signal(SIGKILL)
      #expect(try await coordinator.ending().code == 128 + SIGKILL)
      let kept = try RunContent(out)
      workers[2].signal(SIGCONT)
      coordinator = try await coordinate(spec, out, on: network)
      let ending = try await coordinator.ending()
      #expect(ending.code == 0, "\(ending.errors)")
      for worker in workers { #expect(try await worker.ending().code == 0, "\(worker.errors)") }
      let run = try RunContent(out)
      #expect(kept.payloads.allSatisfy { run.payloads[$0.key] == $0.value }, "an acknowledged outcome changed")
      #expect(run.contributors(.sweep).subtracting(["unknown"]).count == 3)
      try expectEqual(out, calm)
    }

    /// Two hosts with one directory, and locks that each sees only of its own: what a network file system can be like.
    @Test
    func `of two coordinators on two hosts with a shared directory the second is refused, until the first is gone`()
      async throws
    {
      let workspace = try Workspace(train: 16, evaluate: 40)
      let (spec, calm) = try await prepare(workspace)
      let out = workspace.path("shared")
      let network = try TestNetwork(workers: 2)
      let first = try await coordinate(spec, out, on: network)
      func second() throws -> RunningProgram {
        try network.start(
          [
            "coordinate", spec, "--out", out, "--listen", "tcp://10.77.0.10:7070", "--advertise", "10.77.0.10",
            "--output", "quiet",
          ], onStranger: 0, unlocked: RunLayout(root: out).lock, instead: workspace.path("other.lock"))
      }
      let refused = try await second().ending()
      #expect(refused.code == 1)
      #expect(
        refused.errors.contains("\(out) is being coordinated on \(ProcessInfo.processInfo.hostName)"),
        "\(refused.errors)")

      let worker = try network.work(1, ["work", out, "--threads", "1", "--output", "quiet"])
      _ = try await status(of: out, from: first, on: network, until: "the sweep", done(20))
      // Frozen between two commits, as a suspended host would be.
      #expect(try await network.run(["pause", out]).code == 0)
      _ = try await status(of: out, from: first, on: network, until: "rest") { $0.progress(.sweep)?.leased == 0 }
      first.signal(SIGSTOP)
      let successor = try second()
      _ = try await status(of: out, from: successor, on: network, until: "the successor") { $0.epoch == Epoch(2) }
      #expect(successor.errors.contains("watching for some seconds"), "\(successor.errors)")
      #expect(try await network.run(["resume", out]).code == 0)
      _ = try await status(of: out, from: successor, on: network, until: "its work", done(60))
      // The first one wakes, and finds that the run is no longer its own.
      first.signal(SIGCONT)
      let ended = try await first.ending()
      #expect(ended.code == 1 && ended.errors.contains("another coordinator has taken over"), "\(ended.errors)")
      let end = try await successor.ending()
      #expect(end.code == 0, "\(end.errors)")
      #expect(try await worker.ending().code == 0)
      try expectEqual(out, calm)
    }
  }
}
