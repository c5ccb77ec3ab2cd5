import Foundation
import Logging
import Protocol
import Synchronization

/// A real coordinator of a synthetic sweep, in this process: tcp on the loopback interface, CURVE, commits under FULL.
final class BenchServer: Sendable {
  let access: AccessFile
  private let server: Server
  private let ending: Task<RunResult, any Error>

  init(_ sweep: SyntheticSweep, in directory: String) async throws {
    let run = try OwnedRun(at: "\(directory)/run", experiment: sweep.experiment, spec: Data())
    let context = try ZeroMQContext(sockets: 65_535)
    let keyring = try Keyring.open(run.layout.keys, now: 0)
    var configuration = ServerConfiguration(
      endpoint: try Endpoint("tcp://127.0.0.1:0"),
      security: .curve(keyring.server, try Authenticator(for: context, allowing: keyring.holders)),
      protection: keyring.protection, build: SyntheticSweep.build, advertisedHost: "127.0.0.1")
    configuration.policy.silence = .seconds(120)
    configuration.policy.farewell = .milliseconds(100)
    configuration.policy.drain = .milliseconds(100)
    let listening = AsyncStream<AccessFile>.makeStream()
    configuration.onListening = { listening.continuation.yield($0) }
    server = try Server(
      run, configuration, in: context, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    ending = Task { [server] in
      defer { listening.continuation.finish() }
      return try await server.run()
    }
    var first: AccessFile?
    for await access in listening.stream {
      first = access
      break
    }
    guard let first else {
      _ = try await ending.value
      throw RunFailure(description: "the coordinator ended before it listened")
    }
    access = first
  }

  /// How many workers it has admitted and not lost.
  var workers: Int { server.status?.workers.count ?? 0 }

  func stop() async throws {
    server.stop(reason: "measured")
    _ = try await ending.value
  }
}
