import Catalog
import Coordinator
import Foundation
import Logging
import Protocol

/// A sweep on this machine: a coordinator in this process, and workers in their own, over a private socket.
struct LocalRun {
  let run: OwnedRun
  let workers: Int
  let threads: Int
  let memory: Int
  let reuse: [String]
  let audit: Double
  let log: LogFormat
  let watch: WatchPorts
  let view: ProgressView

  /// Runs to the end, or until a signal; throws an error that says why it cannot go on.
  func run() async throws -> RunResult {
    let logger = log.coordinator(of: run.layout)
    let directory = try PrivateDirectory()
    let fleet = WorkerFleet(run: run.layout, threads: threads, memory: memory, log: log)
    let startError = ErrorBox()
    var configuration = ServerConfiguration(
      endpoint: try directory.endpoint(), security: .fileSystem, protection: .fileSystem, build: Build.version)
    configuration.reuse = reuse
    configuration.policy.audit = audit
    configuration.onAdopted = { [isQuiet = view.isQuiet] in if !isQuiet { announce("\($0)") } }
    let count = workers
    configuration.onListening = { _ in
      do { try fleet.start(count) } catch { startError.set(error) }
    }
    let server = try Server(run, configuration, in: try ZeroMQContext(), logger: logger)
    let pages = try await WatchPages.serve(server, watch)
    let signals = Signals([SIGINT, SIGTERM]) { number in
      server.stop(reason: number == SIGINT ? "interrupted" : "told to end")
    }
    defer { withExtendedLifetime((signals, pages)) {} }
    async let finished = server.run()
    let watching = Task { [view] in
      while !Task.isCancelled {
        if let status = server.status { await view.show(status) }
        if startError.error != nil || fleet.failure != nil { server.stop(reason: "workers cannot be kept alive") }
        try? await Task.sleep(for: .milliseconds(300))
      }
    }
    let result: RunResult
    do { result = try await finished } catch {
      watching.cancel()
      await fleet.join(patience: .seconds(5))
      throw error
    }
    await pages.sayGoodbye()
    watching.cancel()
    await watching.value
    if let status = server.status { await view.show(status) }
    await fleet.join(patience: .seconds(30))
    if let error = startError.error { throw error }
    if let failure = fleet.failure { throw UsageError(failure) }
    return result
  }
}
