import Catalog
import Foundation
import Protocol

@testable import Coordinator

/// A worker without computation: real socket, made-up results. It belongs to the thread that uses it.
final class ScriptedWorker {
  private var socket: DealerSocket
  private let run: String
  private let context: ZeroMQContext
  private let host: String
  private let kernel: String
  private let build: String
  /// Called with each lease; what it returns is sent.
  var compute: (Lease) throws -> [ToCoordinator]
  private(set) var acknowledged: Set<TrialID> = []
  private(set) var refusal: String?
  private(set) var welcome: ToWorker.Welcome?
  private(set) var artifacts: [Digest: Data] = [:]
  private(set) var isDrained = false
  /// Whether the model that it says it loaded is the run's.
  var model = SmallRun.model

  /// Connects with the coordinator of the run at `run`, once it listens.
  init(
    on run: String, host: String = "n1", kernel: String = SmallRun.kernel, build: String = SmallRun.build
  ) throws {
    self.run = run
    context = try ZeroMQContext()
    socket = try Self.connect(to: run, in: context)
    self.host = host
    self.kernel = kernel
    self.build = build
    compute = { lease in [.outcomes(lease.trials.map { SmallRun.outcome(of: $0, under: lease) })] }
  }

  private static func connect(to run: String, in context: ZeroMQContext) throws -> DealerSocket {
    let end = ContinuousClock.now + .seconds(20)
    while !FileManager.default.fileExists(atPath: RunLayout(root: run).access), ContinuousClock.now < end {
      usleep(5_000)
    }
    let access = try AccessFile(path: RunLayout(root: run).access)
    return try DealerSocket(to: access.endpoint, access.security(as: .worker), as: PeerID(), in: context)
  }

  /// Connects anew: another coordinator may listen elsewhere.
  func reconnect() throws { socket = try Self.connect(to: run, in: context) }

  func send(_ message: ToCoordinator) throws { _ = try socket.send(message.encoded()) }

  func send(raw frame: Data) throws { _ = try socket.send(frame) }

  /// The next message within `limit`.
  func receive(within limit: Duration = .seconds(5)) throws -> ToWorker? {
    let end = ContinuousClock.now + limit
    while true {
      if let frame = try socket.receive() { return try ToWorker(frame: frame) }
      guard ContinuousClock.now < end else { return nil }
      _ = try waitForInput([.dealer(socket)], atMost: end - .now)
    }
  }

  func sayHello() throws {
    try send(.hello(SmallRun.hello(host: host, pid: UInt32(getpid()), kernel: kernel, build: build)))
  }

  /// Works until it is drained, refused, left without a word for `patience`, or `isDone`.
  func work(patience: Duration = .seconds(5), until isDone: () -> Bool = { false }) throws {
    try sayHello()
    while !isDone(), let message = try receive(within: patience) {
      switch message {
      case .welcome(let welcome):
        self.welcome = welcome
        try send(.ready(.init(model: model, credits: 1)))
      case .refused(let reason):
        refusal = reason
        return
      case .lease(let lease):
        try prepare(lease)
        for reply in try compute(lease) { try send(reply) }
        try send(.credits(1))
      case .acknowledged(let trials): acknowledged.formUnion(trials)
      case .artifact(let piece): artifacts[piece.digest] = piece.data
      case .drain:
        isDrained = true
        return try send(.goodbye(reason: "drained"))
      case .unknownWorker: try sayHello()
      case .heartbeat, .status, .takeBack: break
      }
    }
  }

  /// Fetches probes; writes features where a lease will say that they were written.
  private func prepare(_ lease: Lease) throws {
    switch lease.stage {
    case .extract:
      let content = SmallRun.feature(of: lease.trials[0])
      let layout = RunLayout(root: welcome?.runDirectory ?? "")
      try content.write(to: URL(fileURLWithPath: layout.features(Digest(of: content))))
    case .fit: break
    case .sweep:
      for artifact in lease.artifacts where artifacts[artifact] == nil { try send(.fetch(artifact, offset: 0)) }
    }
  }
}

/// Runs `body` on a thread of its own.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    _ = DedicatedThread(name: "test") { continuation.resume(with: Result { try body() }) }
  }
}
