import Testing

extension EndToEnd {
  /// How the work is shared out decides no number.
  @Suite struct ParallelismTests {
    @Test(arguments: [(workers: 1, threads: 1), (1, 2), (3, 1)])
    func `one worker or three, one thread or two: predictions and report are equal to the byte`(
      workers: Int, threads: Int
    ) async throws {
      let out = Undisturbed.shared.workspace.path("parallel-\(workers)-\(threads)")
      let ending = try await Rebound.run([
        "run", try Undisturbed.shared.spec(), "--out", out, "--workers", "\(workers)", "--threads", "\(threads)",
        "--output", "quiet",
      ])
      #expect(ending.code == 0 && ending.errors.isEmpty, "\(ending.errors)")
      let run = try RunContent(out)
      #expect(workers == 1 || run.contributors(.sweep).count >= 2)
      try await Undisturbed.shared.expectEqual(run)
    }
  }
}
