import Catalog
import Coordinator
import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// `rebound pause`, `resume`, `drain` and `cancel` on the real program.
  @Suite struct ControlTests {
    private let workspace = Undisturbed.shared.workspace

    private func command(_ name: String, _ run: String) async throws -> Ending {
      try await Rebound.run([name, run], limit: .seconds(60))
    }

    @Test func `a run is paused, resumed, drained, continued, cancelled and continued, and finishes equal`()
      async throws
    {
      let out = workspace.path("steered")
      let arguments = [
        "run", try Undisturbed.shared.spec(), "--out", out, "--workers", "2", "--threads", "1", "--output", "quiet",
      ]
      let first = try Rebound.start(arguments)
      _ = try await live(out, of: first, until: "the sweep") { $0.progress(.sweep).map { $0.done > 0 } == true }
      let paused = try await command("pause", out)
      #expect(paused.code == 0 && paused.output.contains("paused"), "\(paused.errors)")
      let still = try await live(out, of: first, until: "nobody to hold anything") { $0.progress(.sweep)?.leased == 0 }
      let left = try #require(
        try RunDirectory(reading: out).experiment.trials(of: .sweep).first { trial in
          try RunContent(out).payloads[trial] == nil
        })
      let told = try await Rebound.run(["explain", out, "\(left)"])
      #expect(told.output.contains("Waits: the run is paused"), "\(told.output)\(told.errors)")
      for (name, sentence) in [("sweep/9999/0", "there is no trial sweep/9999/0"), ("pixel", "doesn't name a trial")] {
        #expect(try await Rebound.run(["explain", out, name]).complaints.first?.contains(sentence) == true)
      }
      try await Task.sleep(for: .seconds(1))
      #expect(try await status(of: out)?.progress(.sweep)?.done == still.progress(.sweep)?.done)
      #expect(try await command("resume", out).code == 0)
      #expect(try await command("drain", out).code == 0)
      let drained = try await first.ending()
      #expect(drained.code == 130, "\(drained.errors)")
      let kept = try RunContent(out)
      #expect(kept.committed(.sweep) > (still.progress(.sweep)?.done ?? .max))

      let second = try Rebound.start(arguments)
      _ = try await live(out, of: second, until: "work") { ($0.progress(.sweep)?.leased ?? 0) > 0 }
      #expect(try await command("cancel", out).code == 0)
      #expect(try await second.ending().code == 130)

      let gone = try await command("pause", out)
      #expect(gone.code == 1 && gone.complaints.first?.contains("no coordinator is at work") == true, "\(gone.errors)")
      #expect(try await Rebound.run(arguments).code == 0)
      let run = try RunContent(out)
      #expect(kept.payloads.allSatisfy { run.payloads[$0.key] == $0.value })
      try await Undisturbed.shared.expectEqual(run)
    }

    @Test func `neither a worker's key nor the status' steers a run`() async throws {
      let out = workspace.path("not-steered")
      let coordinator = try Rebound.start([
        "coordinate", try Undisturbed.shared.spec(), "--out", out, "--listen", "tcp://127.0.0.1:0", "--advertise",
        "127.0.0.1", "--output", "quiet",
      ])
      defer { coordinator.signal(SIGKILL) }
      _ = try await live(out, of: coordinator, until: "it listens") { _ in true }
      let access = try AccessFile(path: RunLayout(root: out).access)
      for role in [PeerRole.worker, .status] {
        let context = try ZeroMQContext()
        let socket = try DealerSocket(to: access.endpoint, try access.security(as: role), in: context)
        _ = try socket.send(try ToCoordinator.control(.cancel).encoded())
        let before = try await status(of: out)?.counters.badMessages ?? 0
        _ = try await live(out, of: coordinator, until: "the message is dropped") {
          $0.counters.badMessages > 0 && $0.counters.badMessages >= before
        }
        #expect(try await status(of: out)?.phase == .running)
        withExtendedLifetime(socket) {}
      }
      try access.forStatus.write(to: RunLayout(root: out).access)
      let refused = try await command("cancel", out)
      #expect(refused.code == 1 && refused.errors.contains("for reading the status only"), "\(refused.errors)")
      try access.write(to: RunLayout(root: out).access)
      #expect(try await command("cancel", out).code == 0)
      #expect(try await coordinator.ending().code == 130)
    }
  }
}
