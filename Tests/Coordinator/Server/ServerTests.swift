import Catalog
import Foundation
import Logging
import Protocol
import Synchronization
import Testing

@testable import Coordinator

/// A real server with real sockets; only the workers' results are made up.
@Suite struct ServerTests {
  let scratch: ScratchDirectory
  let sockets: PrivateDirectory
  /// Every server gets a socket of its own: libzmq removes a closed one's file late.
  private let servers = Counter()
  var path: String { "\(scratch.path)/run" }

  init() throws {
    scratch = try ScratchDirectory()
    sockets = try PrivateDirectory()
  }

  private func own(_ experiment: Experiment = SmallRun.experiment()) throws -> OwnedRun {
    try OwnedRun(at: path, experiment: experiment, spec: Data())
  }

  private func server(
    _ run: OwnedRun, afterCommit: @escaping @Sendable () throws -> Void = {}
  ) throws -> Server {
    let number = servers.value.wrappingAdd(1, ordering: .relaxed).newValue
    var configuration = try ServerConfiguration(
      endpoint: sockets.endpoint(named: "\(number)"), security: .fileSystem, protection: .fileSystem,
      build: SmallRun.build)
    configuration.policy.silence = .seconds(3)
    configuration.policy.disconnection = .milliseconds(500)
    configuration.policy.heartbeat = .milliseconds(200)
    configuration.policy.speculation = .milliseconds(300)
    configuration.policy.drain = .seconds(1)
    configuration.policy.farewell = .seconds(1)
    return try Server(
      run, configuration, in: ZeroMQContext(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      afterCommit: afterCommit)
  }

  /// A worker that works until it is drained.
  private func worker(
    host: String = "n1", kernel: String = SmallRun.kernel, build: String = SmallRun.build,
    model: Digest = SmallRun.model,
    compute: (@Sendable (Lease) throws -> [ToCoordinator])? = nil
  ) async throws -> (acknowledged: Set<TrialID>, refusal: String?, artifacts: [Digest: Data], isDrained: Bool) {
    let path = path
    return try await onThread {
      let worker = try ScriptedWorker(on: path, host: host, kernel: kernel, build: build)
      worker.model = model
      if let compute { worker.compute = compute }
      try worker.work()
      return (worker.acknowledged, worker.refusal, worker.artifacts, worker.isDrained)
    }
  }

  private func allTrials(_ experiment: Experiment = SmallRun.experiment()) -> Set<TrialID> {
    Set(Stage.allCases.flatMap { experiment.trials(of: $0) })
  }

  private func committed(_ experiment: Experiment = SmallRun.experiment()) throws -> [StoredOutcome] {
    let store = try RunDirectory(reading: path).store()
    var all: [StoredOutcome] = []
    for stage in Stage.allCases { try store.forEachOutcome(of: stage) { all.append($0) } }
    return all
  }

  @Test func `two workers finish a run through all stages`() async throws {
    let server = try server(own())
    async let result = server.run()
    let slowly: @Sendable (Lease) throws -> [ToCoordinator] = { lease in
      usleep(50_000)
      return [.outcomes(lease.trials.map { SmallRun.outcome(of: $0, under: lease) })]
    }
    async let first = worker(compute: slowly)
    async let second = worker(host: "n2", compute: slowly)
    #expect(try await result == .finished)
    let workers = try await [first, second]
    #expect(workers.allSatisfy { $0.isDrained })
    #expect(workers.reduce(into: Set()) { $0.formUnion($1.acknowledged) } == allTrials())
    let stored = try committed()
    #expect(stored.map(\.trial) == allTrials().sorted())
    #expect(stored.allSatisfy { $0.payload == SmallRun.payload(of: $0.trial) })
    #expect(Set(stored.map(\.worker)) == ["n1/\(getpid())", "n2/\(getpid())"])
    // The probes were fetched as files named by their digests, and lie in the run directory for people.
    let probes = (0..<3).map { Data("probe \($0)".utf8) }
    #expect(workers.contains { Set($0.artifacts.values) == Set(probes) })
    let layout = RunLayout(root: path)
    #expect(FileManager.default.contents(atPath: layout.probe(of: .adapter)) == probes[1])
    #expect(server.status?.phase == .finished)
    // Nobody owns or advertises the run any more.
    #expect(!FileManager.default.fileExists(atPath: layout.access))
    #expect(!FileManager.default.fileExists(atPath: layout.owner))
  }

  @Test func `a finished run ends at once when it is started again`() async throws {
    do {
      let server = try server(own())
      async let result = server.run()
      async let helper = worker()
      #expect(try await result == .finished)
      _ = try await helper
    }
    #expect(try await server(own()).run() == .finished)
  }

  private struct Crash: Error {}

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  @Test func `a crash between commit and acknowledgement loses nothing and repeats nothing`() async throws {
    let commits = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        // Resends what is not acknowledged, as every worker does.
        let pending = Mutex<[TrialID: Outcome]>([:])
        try await onThread { [path] in
          let worker = try ScriptedWorker(on: path)
          worker.compute = { lease in
            let outcomes = lease.trials.map { SmallRun.outcome(of: $0, under: lease) }
            pending.withLock { for outcome in outcomes { $0[outcome.trial] = outcome } }
            return [.outcomes(outcomes)]
          }
          for _ in 0..<20 where !worker.isDrained {
            try worker.work(patience: .milliseconds(700))
            let rest = pending.withLock { all in
              for trial in worker.acknowledged { all[trial] = nil }
              return Array(all.values)
            }
            if worker.isDrained { break }
            try worker.reconnect()
            if !rest.isEmpty { try worker.send(.outcomes(rest)) }
          }
          #expect(worker.isDrained)
          #expect(pending.withLock { $0.keys.allSatisfy { worker.acknowledged.contains($0) } })
        }
      }
      group.addTask {
        await #expect(throws: Crash.self) {
          try await server(own()) {
            if commits.value.wrappingAdd(1, ordering: .relaxed).newValue == 3 { throw Crash() }
          }.run()
        }
        let before = try committed().map(\.trial)
        #expect(before.count >= 3)
        #expect(try await server(own()).run() == .finished)
        let after = try committed()
        #expect(after.map(\.trial) == allTrials().sorted())
        #expect(try RunDirectory(reading: path).store().epoch == Epoch(2))
      }
      try await group.waitForAll()
    }
  }

  @Test func `duplicates are acknowledged, and one that differs is counted`() async throws {
    let run = try own()
    let server = try server(run)
    async let result = server.run()
    _ = try await worker { lease in
      let outcomes = lease.trials.map { SmallRun.outcome(of: $0, under: lease) }
      let twisted = lease.stage == .fit ? [SmallRun.outcome(of: lease.trials[0], under: lease, twist: 1)] : []
      return [.outcomes(outcomes), .outcomes(outcomes)] + twisted.map { .outcomes([$0]) }
    }
    #expect(try await result == .finished)
    #expect(server.status?.counters.duplicates ?? 0 >= 15)
    #expect(server.status?.counters.nondeterminism == 3)
    #expect(try run.store.differences() == 3)
    #expect(try committed().allSatisfy { $0.payload == SmallRun.payload(of: $0.trial) })
  }

  @Test func `outcomes with other inputs are not committed`() async throws {
    let server = try server(own())
    async let result = server.run()
    let isFirst = Atomic<Bool>(true)
    async let dishonest = worker { lease in
      let wrong = lease.trials.map { trial in
        Outcome(
          trial: trial, lease: lease.id, epoch: lease.epoch, attempt: 1, inputs: SmallRun.model,
          payload: SmallRun.payload(of: trial, twist: 1), seconds: 0)
      }
      guard isFirst.exchange(false, ordering: .relaxed) else {
        return [.outcomes(lease.trials.map { SmallRun.outcome(of: $0, under: lease) })]
      }
      return [.outcomes(wrong)]
    }
    while server.status?.counters.badMessages ?? 0 == 0 { try await Task.sleep(for: .milliseconds(20)) }
    async let honest = worker(host: "n2")
    #expect(try await result == .finished)
    _ = try await (honest, dishonest)
    #expect(server.status?.counters.badMessages ?? 0 >= 1)
    #expect(server.status?.counters.nondeterminism == 0)
    #expect(try committed().allSatisfy { $0.payload == SmallRun.payload(of: $0.trial) })
  }

  @Test func `a peer that sends garbage is told so and cut off, and the run goes on`() async throws {
    let server = try server(own())
    async let result = server.run()
    let path = path
    let refusal = try await onThread {
      let vandal = try ScriptedWorker(on: path)
      for length in 0..<40 { try vandal.send(raw: Data(repeating: UInt8(length), count: length)) }
      var refusal: String?
      while let message = try vandal.receive(within: .seconds(2)) {
        if case .refused(let reason) = message { refusal = reason }
      }
      // Not heard any more: no answer to an honest question.
      try vandal.send(.statusRequest)
      #expect(try vandal.receive(within: .milliseconds(500)) == nil)
      return refusal
    }
    #expect(refusal?.hasPrefix("16 damaged messages") == true)
    _ = try await worker()
    #expect(try await result == .finished)
    #expect(server.status?.counters.badMessages == 16)
  }

  @Test func `a frame of another protocol version is answered with both versions`() async throws {
    let server = try server(own())
    async let result = server.run()
    let path = path
    let answer = try await onThread {
      let old = try ScriptedWorker(on: path)
      var head = Data("RBND".utf8)
      withUnsafeBytes(of: UInt32(999).littleEndian) { head.append(contentsOf: $0) }
      withUnsafeBytes(of: UInt64(0).littleEndian) { head.append(contentsOf: $0) }
      try old.send(raw: head + Data(Checksum(of: head).bytes))
      return try old.receive()
    }
    guard case .refused(let reason) = answer else {
      Issue.record("the answer was \(String(describing: answer))")
      return
    }
    #expect(reason.contains("999"))
    server.stop(reason: "enough")
    #expect(try await result == .stopped(reason: "enough"))
  }

  @Test func `workers of another build, kernel or model are refused with a sentence`() async throws {
    let server = try server(own())
    async let result = server.run()
    let build = try await worker(build: "0.9")
    #expect(build.refusal?.contains("is rebound 0.9, this run's coordinator is rebound 1.0") == true)
    let model = try await worker(model: Digest(of: Data("other".utf8)))
    #expect(model.refusal?.contains("copy the same checkpoint there") == true)
    let gate = DispatchSemaphore(value: 0)
    async let first = worker { lease in
      if lease.stage == .extract, lease.unit == 0 { _ = gate.wait(timeout: .now() + 20) }
      return [.outcomes(lease.trials.map { SmallRun.outcome(of: $0, under: lease) })]
    }
    while server.status?.stages[0].leased != 1 { try await Task.sleep(for: .milliseconds(20)) }
    let kernel = try await worker(kernel: "OpenBLAS Zen")
    #expect(kernel.refusal?.contains("'OpenBLAS Zen', this run with 'OpenBLAS Haswell'") == true)
    gate.signal()
    _ = try await first
    #expect(try await result == .finished)
  }

  @Test func `a bad image is given up with its variants, and the rest is computed`() async throws {
    let server = try server(own())
    async let result = server.run()
    _ = try await worker { lease in
      guard lease.stage == .sweep, lease.unit == 1 else {
        return [.outcomes(lease.trials.map { SmallRun.outcome(of: $0, under: lease) })]
      }
      return [.failed(.init(lease: lease.id, trials: lease.trials, blame: .trials, message: "val1.png is no image"))]
    }
    #expect(try await result == .finishedWithMissing(5))
    #expect(try committed().count == allTrials().count - 5)
    let gaps = try RunDirectory(reading: path).store().quarantined()
    #expect(gaps.map(\.trial) == (0..<5).map { TrialID(stage: .sweep, unit: 1, variant: $0) })
    #expect(gaps.allSatisfy { $0.error.contains("val1.png is no image") })
    // The image was repaired: the same command computes what is missing.
    let again = try self.server(own())
    async let second = again.run()
    _ = try await worker()
    #expect(try await second == .finished)
    #expect(try RunDirectory(reading: path).store().quarantined().isEmpty)
  }

  @Test func `a status request is answered with JSON, without a hello`() async throws {
    let server = try server(own())
    async let result = server.run()
    let path = path
    let answer = try await onThread {
      let visitor = try ScriptedWorker(on: path)
      try visitor.send(.statusRequest)
      return try visitor.receive()
    }
    guard case .status(let json) = answer else {
      Issue.record("the answer was \(String(describing: answer))")
      return
    }
    let status = try StatusSnapshot(json: json)
    #expect(status.phase == .running)
    #expect(status.stages.map(\.total) == [2, 3, 15])
    #expect(status.workers.isEmpty)
    server.stop(reason: "enough")
    #expect(try await result == .stopped(reason: "enough"))
  }

  @Test func `lost feature files are computed again`() async throws {
    do {
      let server = try server(own())
      async let result = server.run()
      _ = try await worker { lease in
        guard lease.stage == .extract else {
          server.stop(reason: "enough")
          return [.handBack(lease.id, lease.trials)]
        }
        return [.outcomes(lease.trials.map { SmallRun.outcome(of: $0, under: lease) })]
      }
      #expect(try await result == .stopped(reason: "enough"))
    }
    let layout = RunLayout(root: path)
    let lost = layout.features(Digest(of: SmallRun.feature(of: TrialID(stage: .extract, unit: 1))))
    try FileManager.default.removeItem(atPath: lost)
    let server = try server(own())
    async let result = server.run()
    _ = try await worker()
    #expect(try await result == .finished)
    #expect(FileManager.default.fileExists(atPath: lost))
  }

  @Test func `imported probes need no training, and are served from the run's own copy`() async throws {
    let file = "\(scratch.path)/probes.safetensors"
    try Data("imported".utf8).write(to: URL(fileURLWithPath: file))
    let experiment = SmallRun.experiment(method: .imported, probeFile: file)
    let server = try server(own(experiment))
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    async let result = server.run()
    let helper = try await worker()
    #expect(try await result == .finished)
    #expect(Array(helper.artifacts.values) == [Data("imported".utf8)])
    #expect(try committed(experiment).map(\.trial) == allTrials(experiment).sorted())
  }

  @Test func `a missing probe file is one sentence that names it`() async throws {
    let experiment = SmallRun.experiment(method: .imported, probeFile: "/nowhere/probes.safetensors")
    let error = await #expect(throws: RunFailure.self) { try await server(own(experiment)).run() }
    #expect(error?.description.contains("/nowhere/probes.safetensors") == true)
  }

  @Test func `a taken port is an error, and the run can be started again`() async throws {
    let squatter = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(squatter) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        #expect(bind(squatter, generic, size) == 0 && listen(squatter, 1) == 0)
        #expect(getsockname(squatter, generic, &size) == 0)
      }
    }
    let taken = try Endpoint.tcp(host: "127.0.0.1", port: UInt16(bigEndian: address.sin_port))
    let configuration = ServerConfiguration(
      endpoint: taken, security: .insecure, protection: .insecure, build: SmallRun.build)
    do {
      let server = try Server(
        own(), configuration, in: ZeroMQContext(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      let error = await #expect(throws: TransportError.self) { try await server.run() }
      #expect(error?.description.contains("\(taken)") == true)
    }
    let server = try server(own())
    async let result = server.run()
    _ = try await worker()
    #expect(try await result == .finished)
  }
}
