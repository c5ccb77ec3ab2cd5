import Coordinator
import Foundation
import Protocol

/// Says one thing to a run's coordinator, which answers with the status.
struct CoordinatorQuery {
  let directory: RunDirectory

  init(_ directory: RunDirectory) { self.directory = directory }

  /// How long a coordinator may take to answer.
  private static let patience = Duration.seconds(3)

  /// The answer; throws where there is no access file, it has no key for the role, or nobody answers.
  func answer(to message: ToCoordinator, as role: PeerRole) async throws -> StatusSnapshot {
    let path = directory.layout.access
    return try await withCheckedThrowingContinuation { continuation in
      _ = DedicatedThread(name: "query") {
        continuation.resume(with: Result { try Self.ask(path, message, as: role) })
      }
    }
  }

  private static func ask(_ path: String, _ message: ToCoordinator, as role: PeerRole) throws -> StatusSnapshot {
    guard FileManager.default.fileExists(atPath: path) else {
      throw UsageError("no coordinator is at work on this run: there is no \(path)")
    }
    let access = try AccessFile(path: path)
    let context = try ZeroMQContext()
    let socket = try DealerSocket(to: access.endpoint, try access.security(as: role), in: context)
    _ = try socket.send(try message.encoded())
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
      guard try waitForInput([.dealer(socket)], atMost: .milliseconds(200)), let frame = try socket.receive() else {
        continue
      }
      if case .status(let json) = try ToWorker(frame: frame) { return try StatusSnapshot(json: json) }
    }
    throw UsageError(
      "the coordinator at \(access.endpoint) doesn't answer: it has died, or can't be reached from here; see"
        + " 'rebound status'")
  }
}
