import Catalog
import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// Keys of a run on the real program: who is let in, who is shut out again, and who gets nothing at all.
  @Suite struct KeysRunTests {
    private let workspace = Undisturbed.shared.workspace

    private func keys(_ arguments: String...) async throws -> Ending {
      try await Rebound.run(["keys"] + arguments, in: workspace.root, limit: .seconds(60))
    }

    @Test func `a worker's key is revoked while it computes: it is gone within a second, and the sweep is equal`()
      async throws
    {
      let out = workspace.path("keyed")
      let coordinator = try Rebound.start([
        "coordinate", try Undisturbed.shared.spec(), "--out", out, "--listen", "tcp://127.0.0.1:0", "--advertise",
        "127.0.0.1", "--output", "quiet",
      ])
      _ = try await live(out, of: coordinator, until: "it listens") { _ in true }
      #expect(try await keys("new", out, "node-1").code == 0)
      let file = workspace.path("node-1.access.json")
      #expect(try await keys("new", out, "node-1").code == 1, "the file is there")
      #expect(try await keys("new", out, "node-1", "--out", "other.json").errors.contains("is, or was, a key 'node-1'"))
      let worker = try Rebound.start(["work", file, "--threads", "1", "--output", "quiet"])
      let before = try await live(out, of: coordinator, until: "the sweep") { ($0.progress(.sweep)?.done ?? 0) > 0 }
      #expect(before.workers.count == 1)
      #expect(try await keys("revoke", out, "node-1").code == 0)
      let moment = ContinuousClock.now
      let shutOut = try await worker.ending(within: .seconds(20))
      #expect(ContinuousClock.now - moment < .seconds(5))
      #expect(shutOut.code == 1 && shutOut.errors.contains("the key 'node-1' was revoked"), "\(shutOut.errors)")
      _ = try await live(out, of: coordinator, until: "nobody is left") { $0.workers.isEmpty }
      let back = try await Rebound.run(["work", file, "--give-up", "3", "--output", "quiet"])
      back.expectSentence("does not know this worker's key")

      let listed = try await keys("list", out)
      #expect(listed.output.contains("node-1") && listed.output.contains("revoked"), "\(listed.output)")
      let json = try await keys("list", out, "--output", "json")
      #expect(schema(of: json) == 1 && !json.output.contains("secret"))
      #expect(try await keys("revoke", out, "node-9").errors.contains("there is no key 'node-9'"))

      #expect(try await keys("new", out, "watcher", "--role", "status", "--out", "watcher.json").code == 0)
      try await Rebound.run(["work", workspace.path("watcher.json"), "--give-up", "3", "--output", "quiet"])
        .expectSentence("for reading the status only")
      let other = try await Rebound.run(["work", out, "--threads", "1", "--output", "quiet"])
      #expect(other.code == 0, "\(other.errors)")
      #expect(try await coordinator.ending().code == 0)
      let run = try RunContent(out)
      #expect(run.predictions == (try await Undisturbed.shared.run()).predictions)
    }

    @Test func `neither a stranger, nor a revoked key, nor a plain client gets one frame, nor a status key work`()
      async throws
    {
      let out = workspace.path("closed")
      let coordinator = try Rebound.start([
        "coordinate", try Undisturbed.shared.spec(), "--out", out, "--listen", "tcp://127.0.0.1:0", "--advertise",
        "127.0.0.1", "--output", "quiet",
      ])
      _ = try await live(out, of: coordinator, until: "it listens") { _ in true }
      let layout = RunLayout(root: out)
      let access = try AccessFile(path: layout.access)
      let revoked = try Keyring.change(layout.keys) { ring in
        let pair = try ring.add("gone", .worker, now: 1)
        try ring.revoke("gone", now: 2)
        return pair
      }
      let server = try Keyring(path: layout.keys).server.publicKey
      let hello = try ToCoordinator.hello(
        .init(build: "0.1.0", host: "h", pid: 1, kernel: "k", threads: 1, memory: 1)
      ).encoded()
      let question = try ToCoordinator.statusRequest.encoded()
      func answers(_ security: ClientSecurity, _ frames: [Data]) throws -> Int {
        let socket = try DealerSocket(to: access.endpoint, security, in: try ZeroMQContext())
        for frame in frames { _ = try socket.send(frame) }
        var count = 0
        let deadline = ContinuousClock.now + .milliseconds(1_500)
        while ContinuousClock.now < deadline {
          if try socket.receive() != nil { count += 1 }
          usleep(10_000)
        }
        return count
      }
      try await Task.sleep(for: .milliseconds(600))
      #expect(try answers(.curve(server: server, own: CurveKeyPair()), [hello, question]) == 0, "a stranger")
      #expect(try answers(.curve(server: server, own: revoked), [hello, question]) == 0, "a revoked key")
      #expect(try answers(.insecure, [hello, question]) == 0, "no key")
      let status = try access.security(as: .status)
      #expect(
        try answers(status, [hello, try ToCoordinator.ready(.init(model: Digest(of: Data()), credits: 9)).encoded()])
          == 0)
      #expect(try answers(status, [question]) == 1)
      #expect(try await EndToEndTests.status(of: out)?.counters.workersSeen == 0)

      // A keyring that can't be trusted lets nobody new in.
      chmod(layout.keys, 0o644)
      try await Task.sleep(for: .milliseconds(600))
      #expect(try answers(status, [question]) == 1, "its mode alone changes nothing that was read")
      utimensat(AT_FDCWD, layout.keys, nil, 0)
      try await Task.sleep(for: .milliseconds(600))
      #expect(try answers(status, [question]) == 0)
      chmod(layout.keys, 0o600)
      utimensat(AT_FDCWD, layout.keys, nil, 0)
      try await Task.sleep(for: .milliseconds(600))
      #expect(try answers(status, [question]) == 1)
      coordinator.signal(SIGTERM)
      #expect(try await coordinator.ending().code == 130)
    }
  }
}
