import Catalog
import Coordinator
import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// `kill -9` of workers changes no number, in any stage.
  @Suite struct WorkerKillTests {
    @Test func `a worker killed in the sweep while it holds trials changes no prediction and no statistic`()
      async throws
    {
      let out = Undisturbed.shared.workspace.path("worker-killed")
      let program = try Rebound.start([
        "run", try Undisturbed.shared.spec(), "--out", out, "--workers", "3", "--threads", "1", "--output", "quiet",
      ])
      let victim = try await killHolder(of: out, program, in: .sweep, committed: 1)
      let ending = try await program.ending()
      #expect(ending.code == 0, "\(ending.errors)")
      let run = try RunContent(out)
      #expect(run.attempts > run.payloads.count, "no trial was tried twice")
      #expect(run.contributors(.sweep).count >= 2)
      #expect(run.workers.values.contains { $0.hasSuffix("/\(victim)") }, "the killed worker had contributed")
      try await Undisturbed.shared.expectEqual(run)

      // The story of a trial that the killed worker held.
      let store = try RunDirectory(reading: out).store()
      let retried = try #require(
        try run.payloads.keys.sorted().first { trial in
          try store.story(of: trial).contains { $0.kind == .vanished && $0.worker.hasSuffix("/\(victim)") }
        })
      let told = try await Rebound.run(["explain", out, "\(retried)"])
      #expect(told.code == 0, "\(told.errors)")
      let lines = told.output.split(separator: "\n").map(String.init)
      #expect(lines.first?.hasPrefix("\(retried): image 'evaluate-") == true)
      let lost = lines.firstIndex { $0.contains("(process \(victim)) vanished while computing it") }
      let again = lines.lastIndex { $0.contains("given to ") && !$0.contains("/\(victim)") }
      #expect(try #require(lost) < #require(again), "\(told.output)")
      #expect(lines.last?.hasPrefix("Committed: attempt ") == true)
    }

    @Test func `a worker that sleeps through the end of the run leaves when it wakes`() async throws {
      let out = Undisturbed.shared.workspace.path("overslept")
      let coordinator = try Rebound.start([
        "coordinate", try Undisturbed.shared.spec(), "--out", out, "--listen", "ipc", "--output", "quiet",
      ])
      _ = try await live(out, of: coordinator, until: "it listens") { _ in true }
      let workers = try (0..<2).map { _ in try Rebound.start(["work", out, "--threads", "1", "--output", "quiet"]) }
      _ = try await live(out, of: coordinator, until: "both are there") { $0.workers.count == 2 }
      // Long enough to be forgotten: then nobody says farewell to it.
      #expect(try await Rebound.run(["pause", out]).code == 0)
      workers[0].signal(SIGSTOP)
      // It takes 30 s; asking all the while would start a thousand processes.
      try await Task.sleep(for: .seconds(31))
      _ = try await live(out, of: coordinator, until: "it is forgotten") { $0.workers.count == 1 }
      #expect(try await Rebound.run(["resume", out]).code == 0)
      #expect(try await coordinator.ending(within: .seconds(120)).code == 0)
      workers[0].signal(SIGCONT)
      for worker in workers { #expect(try await worker.ending(within: .seconds(30)).code == 0, "\(worker.errors)") }
    }

    @Test func `weights that are cut off under a worker end it with a sentence, and spoil nothing`() async throws {
      let workspace = try Workspace(train: 16, evaluate: 24)
      let model = try workspace.copyModel()
      let whole = workspace.path("whole.safetensors")
      let shard = try #require(
        FileManager.default.contentsOfDirectory(atPath: model).sorted().last { $0.hasSuffix(".safetensors") })
      try FileManager.default.copyItem(atPath: "\(model)/\(shard)", toPath: whole)
      let spec = try workspace.spec { $0.model = model }
      let (calm, out) = (workspace.path("calm"), workspace.path("cut"))
      #expect(try await Rebound.run(["run", spec, "--out", calm, "--workers", "2", "--threads", "1"]).code == 0)

      let coordinator = try Rebound.start(["coordinate", spec, "--out", out, "--listen", "ipc", "--output", "quiet"])
      _ = try await live(out, of: coordinator, until: "it listens") { _ in true }
      func work() throws -> RunningProgram {
        try Rebound.start(["work", out, "--threads", "1", "--output", "quiet"])
      }
      let worker = try work()
      _ = try await live(out, of: coordinator, until: "the sweep") { ($0.progress(.sweep)?.done ?? 0) > 10 }
      #expect(truncate("\(model)/\(shard)", 4_096) == 0)
      let ending = try await worker.ending(within: .seconds(60))
      #expect(ending.code == 1 && ending.errors.contains("\(shard) can't be read any more"), "\(ending.errors)")
      let log = try String(contentsOfFile: "\(out)/logs/coordinator.log", encoding: .utf8)
      #expect(log.contains("can't be read any more"), "\(log)")

      try FileManager.default.removeItem(atPath: "\(model)/\(shard)")
      try FileManager.default.copyItem(atPath: whole, toPath: "\(model)/\(shard)")
      let another = try work()
      #expect(try await coordinator.ending(within: .seconds(120)).code == 0)
      #expect(try await another.ending(within: .seconds(30)).code == 0)
      #expect(try RunContent(out).payloads == RunContent(calm).payloads)
    }

    @Test func `workers killed while features are extracted and probes fitted change no probe and no prediction`()
      async throws
    {
      let workspace = try Workspace(train: 64, evaluate: 1)
      let spec = try workspace.spec {
        $0.probes = "{sites: all, method: ridge}"
        $0.train = "{split: train, images: all, tokens_per_image: 16}"
      }
      func run(_ out: String) throws -> RunningProgram {
        try Rebound.start(["run", spec, "--out", out, "--workers", "2", "--threads", "1", "--output", "quiet"])
      }
      let disturbed = workspace.path("disturbed")
      let program = try run(disturbed)
      for stage in [Stage.extract, .fit] {
        _ = try await killHolder(of: disturbed, program, in: stage, committed: 0)
      }
      let ending = try await program.ending()
      #expect(ending.code == 0, "\(ending.errors)")
      let found = try RunContent(disturbed)
      #expect(found.attempts >= found.payloads.count + 2, "the killed workers' trials were not tried again")
      let calm = workspace.path("calm")
      #expect(try await run(calm).ending().code == 0)
      let expected = try RunContent(calm)
      #expect(found.predictions == expected.predictions)
      #expect(found.payloads == expected.payloads)
      #expect(found.report == expected.report)
    }
  }
}
