import Coordinator
import Foundation
import Testing

extension EndToEnd {
  /// The coordinator is killed at every step of taking a run over, of a commit, of a stage change and of the end, by a real
  /// SIGKILL: what it had acknowledged is there, and the same command finishes to the bit.
  @Suite struct CrashPointTests {
    @Test(arguments: CrashPoint.allCases)
    func `a coordinator killed at any step leaves a run that the same command finishes equal`(point: CrashPoint)
      async throws
    {
      let workspace = Undisturbed.shared.workspace
      let out = workspace.path("crash-\(point)")
      let command = [
        "run", try Undisturbed.shared.spec(), "--out", out, "--workers", "2", "--threads", "1", "--output", "quiet",
      ]
      // The third passage, where there is one: the first commits are of the first stage.
      let once: Set<CrashPoint> = [.owned, .epochRaised, .announced, .stageOpened, .finished]
      let program = try Rebound.start(
        command, environment: ["REBOUND_CRASH": "\(point.rawValue):\(once.contains(point) ? 1 : 3)"])
      #expect(try await program.ending().code == 128 + SIGKILL, "\(point) was not passed")
      // Before there is a run there is nothing to keep.
      let kept = try? RunContent(out)
      let ending = try await Rebound.run(command)
      #expect(ending.code == 0, "\(ending.errors)")
      let run = try RunContent(out)
      #expect(kept?.payloads.allSatisfy { run.payloads[$0.key] == $0.value } ?? true)
      #expect(
        workspace.list("crash-\(point)/state").allSatisfy { !$0.hasSuffix(".tmp") }, "something half-written is left")
      try await Undisturbed.shared.expectEqual(run)
      try FileManager.default.removeItem(atPath: out)
    }
  }
}
