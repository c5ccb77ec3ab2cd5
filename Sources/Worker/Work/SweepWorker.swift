import Catalog
import Compute
import Foundation
import Logging
import Protocol
import Synchronization

/// A worker process: asks a coordinator for leases, computes them, sends the outcomes, until it is told to leave.
public final class SweepWorker: Sendable {
  /// What a worker may use.
  public struct Resources: Sendable {
    /// Computing threads.
    public let threads: Int
    /// Bytes for activations, beside the shared weights; bounds how many variants are walked together.
    public let memory: Int
    /// When a batch system will end the worker; nil where no end is known.
    public let walltime: Walltime?
    /// Its place on the host's disk; nil where it should write nothing there.
    public let scratch: Scratch?

    /// Takes each property as it is.
    public init(threads: Int, memory: Int, walltime: Walltime? = nil, scratch: Scratch? = nil) {
      self.threads = max(1, threads)
      self.memory = memory
      self.walltime = walltime
      self.scratch = scratch
    }
  }

  private let address: CoordinatorAddress
  private let resources: Resources
  private let build: String
  private let giveUp: Duration
  private let logger: Logger
  private let stopReason = Mutex<String?>(nil)

  /// A worker of the given version for the coordinator at `address`; it ends when that is silent for `giveUp`.
  public init(
    at address: CoordinatorAddress, resources: Resources, build: String, giveUp: Duration, logger: Logger
  ) {
    self.address = address
    self.resources = resources
    self.build = build
    self.giveUp = giveUp
    self.logger = logger
  }

  /// Finish the current wave, hand the rest back, say goodbye. From any thread.
  public func stop(reason: String) { stopReason.withLock { $0 = $0 ?? reason } }

  /// Works until the coordinator or ``stop(reason:)`` ends it, and returns the reason. Computes on a thread of its own.
  ///
  /// Throws a ``LinkError`` if the coordinator refuses the worker or is gone, or an error that says what is wrong with
  /// the model or the data here.
  public func run() async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      _ = DedicatedThread(name: "worker") { [self] in
        continuation.resume(with: Result { try work() })
      }
    }
  }

  private func work() throws -> String {
    let hello = ToCoordinator.Hello(
      build: build, host: ProcessInfo.processInfo.hostName, pid: UInt32(ProcessInfo.processInfo.processIdentifier),
      kernel: Engine.kernels, threads: UInt32(resources.threads), memory: UInt64(resources.memory))
    let link = try CoordinatorLink(
      to: address, hello: hello, walltime: resources.walltime, timing: LinkTiming(giveUp: giveUp), logger: logger)
    let loop = WorkLoop(link: link, resources: resources, logger: logger) { [self] in stopReason.withLock { $0 } }
    do {
      let reason = try loop.run()
      link.close(reason: reason)
      return reason
    } catch {
      link.close(reason: "\(error)")
      throw error
    }
  }
}
