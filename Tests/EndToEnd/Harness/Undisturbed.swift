import Foundation
import Synchronization
import Testing

/// The small sweep, run once with two workers and nobody in its way: what every disturbed one must equal.
actor Undisturbed {
  static let shared = Undisturbed()

  /// The workspace that all runs of this sweep share, since a run's report names its data. Left to the system's exit.
  nonisolated let workspace: Workspace
  private var content: Task<RunContent, any Error>?

  private init() {
    // So many images that the sweep takes seconds on a fast machine: there must be time to disturb it. The demo's scenes are in the
    // repository: without them no test here can say anything.
    do { workspace = try Workspace(train: 16, evaluate: 32) } catch {
      fatalError("the demo's scenes cannot be copied: \(error)")
    }
    let root = workspace.root
    Self.root.withLock { $0 = root }
    atexit { if let root = Undisturbed.root.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: root) } }
  }

  private static let root = Mutex<String?>(nil)

  /// The spec in the shared workspace.
  nonisolated func spec() throws -> String { try workspace.spec() }

  /// The run's content.
  func run() async throws -> RunContent {
    if let content { return try await content.value }
    let task = Task {
      let out = workspace.path("undisturbed")
      let ending = try await Rebound.run(
        ["run", try spec(), "--out", out, "--workers", "2", "--threads", "1", "--output", "quiet"])
      guard ending.code == 0 else { throw TimeLimitExceeded(description: "the undisturbed run: \(ending.errors)") }
      return try RunContent(out)
    }
    content = task
    return try await task.value
  }

  /// Checks that a run of the same sweep found the same, to the bit: predictions, payloads and the report.
  func expectEqual(_ run: RunContent, _ location: SourceLocation = #_sourceLocation) async throws {
    let reference = try await self.run()
    #expect(run.predictions == reference.predictions, sourceLocation: location)
    #expect(run.payloads == reference.payloads, sourceLocation: location)
    #expect(run.report == reference.report && !run.report.isEmpty, sourceLocation: location)
    #expect(run.differences == 0, sourceLocation: location)
    #expect(run.quarantined.isEmpty, sourceLocation: location)
  }
}
