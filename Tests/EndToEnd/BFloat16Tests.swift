import Compute
import Foundation
import Testing

extension EndToEnd {
  /// A sweep in bfloat16, on CPUs that have it.
  @Suite(.enabled(if: BFloat16Unit.best != nil, "this CPU has no products of bfloat16"))
  struct BFloat16Tests {
    @Test func `a sweep in bfloat16 is another run, to the bit the same on one thread and two, and says what it is`()
      async throws
    {
      let workspace = try Workspace(train: 8, evaluate: 2)
      let spec = try workspace.spec { $0.more = "compute: {dtype: bf16}" }
      var runs: [RunContent] = []
      for threads in ["1", "2"] {
        let out = workspace.path("threads-\(threads)")
        let ending = try await Rebound.run([
          "run", spec, "--out", out, "--workers", threads, "--threads", threads, "--output", "quiet",
        ])
        #expect(ending.code == 0, "\(ending.errors)")
        runs.append(try RunContent(out))
      }
      #expect(runs[0].payloads == runs[1].payloads && runs[0].report == runs[1].report)
      #expect(String(decoding: runs[0].report, as: UTF8.self).contains("rounded to bfloat16"))

      let exact = try await Rebound.run(["run", try workspace.spec("exact.yaml"), "--out", workspace.path("threads-1")])
      #expect(exact.code == 1 && exact.complaints.first?.contains("compute.dtype: bf16, not nothing") == true)
    }
  }
}
