import Foundation
import Logging
import Protocol
import Synchronization

/// The coordinator of one run: hears workers over ZeroMQ, and performs what ``SweepState`` says, on a thread of its own.
public final class Server: Sendable {
  private let owned: OwnedRun
  private let configuration: ServerConfiguration
  private let context: ZeroMQContext
  private let logger: Logger
  private let shared = ServerSignals()
  private let wakeUp: WakeUp
  /// Called after a commit, before its acknowledgement; the tests' way to crash there.
  private let afterCommit: @Sendable () throws -> Void

  /// Prepares to coordinate `run`. `context` is the one that the configuration's authenticator guards, if it has one.
  public convenience init(
    _ run: OwnedRun, _ configuration: ServerConfiguration, in context: ZeroMQContext, logger: Logger
  ) throws {
    try self.init(run, configuration, in: context, logger: logger, afterCommit: {})
  }

  init(
    _ run: OwnedRun, _ configuration: ServerConfiguration, in context: ZeroMQContext, logger: Logger,
    afterCommit: @escaping @Sendable () throws -> Void
  ) throws {
    owned = run
    self.configuration = configuration
    self.context = context
    self.logger = logger
    self.afterCommit = afterCommit
    wakeUp = try WakeUp()
  }

  /// Coordinates until the sweep is finished or ``stop(reason:)`` was called, and the workers have left. To be called once.
  ///
  /// Throws where the run can't go on: the disk is full, the address is taken, the reference probe can't be fitted. What
  /// was acknowledged is kept in any case, and a later start continues.
  public func run() async throws -> RunResult {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let (run, configuration, context, logger) = (owned, configuration, context, logger)
        let (shared, wakeUp, afterCommit) = (shared, wakeUp, afterCommit)
        _ = DedicatedThread(name: "coordinator") {
          continuation.resume(
            with: Result {
              defer { run.withdraw() }
              return try ServerLoop(
                run, configuration, in: context, signals: shared, wakeUp: wakeUp, logger: logger,
                afterCommit: afterCommit
              ).coordinate()
            })
        }
      }
    } onCancel: {
      stop(reason: "the coordinator was cancelled")
    }
  }

  /// Gives no more work out, and ends once the workers have left, or had long enough. From any thread, at any time.
  public func stop(reason: String) {
    shared.stopReason.withLock { $0 = $0 ?? reason }
    wakeUp.signal()
  }

  /// What the server itself has counted, a moment ago.
  public var counts: ServerCounts { shared.counts.withLock { $0 } }

  /// How the run stood a moment ago; nil before it began.
  public var status: StatusSnapshot? { shared.status.withLock { $0 } }

  /// The figures so far, a moment ago. They are made every second for as long as somebody asks: nil the first time, and where
  /// they could not be tallied.
  public func figures() -> LiveFigures? { shared.figures.look() }
}

/// What the coordinator's thread shares with others.
final class ServerSignals: Sendable {
  let stopReason = Mutex<String?>(nil)
  let status = Mutex<StatusSnapshot?>(nil)
  let counts = Mutex(ServerCounts())
  let figures = WatchedFigures()
}
