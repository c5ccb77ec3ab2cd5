import Foundation
import Testing

extension EndToEnd {
  /// A disk that fills up: a small file system in memory, mounted by the test. Only root may do that.
  @Suite struct DiskFullTests {
    @Test(.enabled(if: SmallDisk.isPossible, "needs root, to mount a small file system"))
    func `a disk that fills up in the sweep holds the run up, and with room it goes on by itself to the same end`()
      async throws
    {
      let disk = try SmallDisk(at: Undisturbed.shared.workspace.path("disk"))
      let out = "\(disk.path)/run"
      let running = try Rebound.start([
        "run", try Undisturbed.shared.spec(), "--out", out, "--workers", "2", "--threads", "1", "--output", "quiet",
      ])
      _ = try await live(out, of: running, until: "the sweep") { ($0.progress(.sweep)?.done ?? 0) > 0 }
      try disk.fill()
      let held = try await live(out, of: running, until: "a full disk is noticed") { $0.phase == .waitingForDisk }
      #expect(held.obstacle?.contains("No space left on device") == true, "\(held.obstacle ?? "")")
      let kept = try RunContent(out)
      #expect(kept.committed(.sweep) > 0)
      try await Task.sleep(for: .seconds(3))
      #expect(try RunContent(out).payloads.count == kept.payloads.count)
      try disk.makeRoom()
      let ending = try await running.ending()
      #expect(ending.code == 0, "\(ending.errors)")
      let run = try RunContent(out)
      #expect(kept.payloads.allSatisfy { run.payloads[$0.key] == $0.value })
      try await Undisturbed.shared.expectEqual(run)

      try await Self.stopWhileFull(disk)
      try disk.fill()
      try await Rebound.run(["report", out, "--output", "quiet"]).expectSentence(out, "No space left on device")
      #expect(try RunContent(out).report == run.report, "the full disk took the old report")
      try await Rebound.run(["run", try Undisturbed.shared.spec(), "--out", "\(disk.path)/new", "--output", "quiet"])
        .expectSentence("\(disk.path)/new", "No space left on device")
    }

    /// A run that is stopped while the disk is full ends in order, and the same command continues it.
    private static func stopWhileFull(_ disk: SmallDisk) async throws {
      let out = "\(disk.path)/stopped"
      let command = [
        "run", try Undisturbed.shared.spec(), "--out", out, "--workers", "2", "--threads", "1", "--output", "quiet",
      ]
      let running = try Rebound.start(command)
      _ = try await live(out, of: running, until: "the sweep") { ($0.progress(.sweep)?.done ?? 0) > 0 }
      try disk.fill()
      _ = try await live(out, of: running, until: "a full disk is noticed") { $0.phase == .waitingForDisk }
      running.signal(SIGINT)
      #expect(try await running.ending().code == 130)
      try disk.makeRoom()
      let continued = try await Rebound.run(command)
      #expect(continued.code == 0, "\(continued.errors)")
      try await Undisturbed.shared.expectEqual(try RunContent(out))
    }
  }
}

/// A file system of a few megabytes in memory; unmounted with the value.
final class SmallDisk: Sendable {
  let path: String
  private var ballast: String { "\(path)/ballast" }

  /// Whether this process may mount.
  static var isPossible: Bool {
    let probe = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-mount-\(UUID())").path
    return (try? SmallDisk(at: probe)) != nil
  }

  init(at path: String) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard getuid() == 0, mount("tmpfs", path, "tmpfs", 0, "size=16m") == 0 else {
      try? FileManager.default.removeItem(atPath: path)
      throw TimeLimitExceeded(description: "no file system can be mounted: \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    umount2(path, Int32(MNT_DETACH))
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Leaves no room, while others may be writing.
  func fill() throws {
    let file = open(ballast, O_WRONLY | O_CREAT, 0o600)
    guard file >= 0 else { throw TimeLimitExceeded(description: "\(ballast): \(String(cString: strerror(errno)))") }
    defer { close(file) }
    let block = [UInt8](repeating: 0, count: 4096)
    while write(file, block, block.count) > 0 {}
  }

  func makeRoom() throws { try FileManager.default.removeItem(atPath: ballast) }
}
