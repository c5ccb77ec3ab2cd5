import Foundation
import Testing

extension EndToEnd {
  /// The pages of a real run, in a browser that is used as people use it.
  @Suite struct PageTests {
    private static let isPossible =
      TestPython.interpreter != nil && FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")

    @Test(.enabled(if: isPossible, "needs Chromium, Python with venv, and PyPI once"))
    func `a report's charts are drawn, and its gallery's slider moves through the layers`() async throws {
      let run = try await Undisturbed.shared.run()
      let ending = try await TestPython.run(
        "\(Rebound.project)/tools/check_pages.py", ["report", "\(run.layout.report)/index.html"])
      #expect(ending.code == 0, "\(ending.errors)")
    }

    @Test(.enabled(if: isPossible, "needs Chromium, Python with venv, and PyPI once"))
    func `a running sweep's dashboard draws its figures`() async throws {
      let out = Undisturbed.shared.workspace.path("looked-at")
      let port = try BadLink(seed: 2).port  // free once the value is gone
      let running = try Rebound.start([
        "run", try Undisturbed.shared.spec(), "--out", out, "--workers", "2", "--threads", "1", "--output", "quiet",
        "--dashboard", "\(port)",
      ])
      // Paused, it stays to be looked at.
      _ = try await live(out, of: running, until: "effects") { ($0.effects ?? []).count > 1 }
      #expect(try await Rebound.run(["pause", out]).code == 0)
      let ending = try await TestPython.run(
        "\(Rebound.project)/tools/check_pages.py", ["dashboard", "http://127.0.0.1:\(port)/"])
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(try await Rebound.run(["cancel", out]).code == 0)
      #expect(try await running.ending().code == 130)
    }
  }
}
