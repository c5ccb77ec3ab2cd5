import Foundation
import Testing

extension EndToEnd {
  /// `kernel: uniform` keeps the bits of a run on one kernel.
  @Suite struct KernelTests {
    @Test func `a worker with another kernel is refused with a sentence, and the run continues equal without it`()
      async throws
    {
      let out = Undisturbed.shared.workspace.path("kernels")
      let command = [
        "run", try Undisturbed.shared.spec(), "--out", out, "--workers", "1", "--threads", "1", "--output", "quiet",
      ]
      let first = try Rebound.start(command)
      let status = try await live(out, of: first, until: "the sweep") { ($0.progress(.sweep)?.done ?? 0) > 0 }
      first.signal(SIGTERM)
      #expect(try await first.ending().code == 130)
      let kernel = try #require(status.workers.first?.kernel)
      let other = kernel.contains("Haswell") ? "Sandybridge" : "Haswell"
      let before = try RunContent(out).payloads
      let refused = try await Rebound.run(command, environment: ["OPENBLAS_CORETYPE": other])
      refused.expectSentence(kernel, other, "set OPENBLAS_CORETYPE alike", "kernel: any")
      #expect(try RunContent(out).payloads == before)
      #expect(try await Rebound.run(command).code == 0)
      try await Undisturbed.shared.expectEqual(try RunContent(out))
    }
  }
}
