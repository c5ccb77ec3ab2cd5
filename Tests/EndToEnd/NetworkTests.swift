import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// `coordinate` and `work` over tcp with CURVE.
  @Suite struct NetworkTests {
    @Test func `two workers finish a sweep over CURVE with a local run's bits, and a stranger gets nothing`()
      async throws
    {
      let workspace = Undisturbed.shared.workspace
      let out = workspace.path("network")
      let coordinator = try Rebound.start([
        "coordinate", try Undisturbed.shared.spec(), "--out", out, "--listen", "tcp://127.0.0.1:0", "--output", "json",
      ])
      _ = try await live(out, of: coordinator, until: "a live coordinator") { _ in true }
      let path = "\(out)/access.json"
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)

      let access = try AccessFile(path: path)
      guard case .curve(let server, _, let status, _) = access.protection else {
        Issue.record("tcp without CURVE: \(access.protection)")
        return
      }
      let forged = workspace.path("forged.json")
      let keys = AccessFile.Protection.curve(server: server, worker: try CurveKeyPair(), status: status)
      try AccessFile(endpoint: access.endpoint, epoch: access.epoch, protection: keys).write(to: forged)
      let stranger = try await Rebound.run(["work", forged, "--give-up", "4", "--output", "quiet"])
      stranger.expectSentence("does not know this worker's key")
      let onlooker = workspace.path("onlooker.json")
      try access.forStatus.write(to: onlooker)
      try await Rebound.run(["work", onlooker, "--give-up", "4", "--output", "quiet"])
        .expectSentence("for reading the status only")
      chmod(forged, 0o644)
      try await Rebound.run(["work", forged, "--give-up", "4", "--output", "quiet"])
        .expectSentence("can be read or written by others", "chmod 600")

      let workers = try (0..<2).map { _ in
        try Rebound.start(["work", out, "--threads", "1", "--output", "json"])
      }
      let seen = try await live(out, of: coordinator, until: "two workers") { $0.workers.count == 2 }
      #expect(seen.counters.workersSeen == 2, "a stranger was welcomed")
      for worker in workers {
        let ending = try await worker.ending()
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(schema(of: ending) == 1)
      }
      let ending = try await coordinator.ending()
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(schema(of: ending) == 1)
      #expect(!FileManager.default.fileExists(atPath: path), "the access file outlives the coordinator")
      #expect(try await Rebound.run(["report", out, "--output", "quiet"]).code == 0)
      let content = try RunContent(out)
      #expect(content.contributors(.sweep).count == 2)
      try await Undisturbed.shared.expectEqual(content)
    }
  }
}

/// The `schema` of a command's output, if that is one JSON object.
func schema(of ending: Ending) -> Int? {
  let object = try? JSONSerialization.jsonObject(with: Data(ending.output.utf8))
  return (object as? [String: Any])?["schema"] as? Int
}
