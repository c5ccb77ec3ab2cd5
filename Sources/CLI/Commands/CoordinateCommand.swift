import ArgumentParser
import Coordinator
import Foundation
import Logging
import Protocol

/// `rebound coordinate`: the coordinator alone, for workers on other hosts.
struct CoordinateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coordinate",
    abstract: "Coordinate a spec's sweep for workers that 'rebound work' starts, here or on other hosts.",
    discussion: """
      Listens on tcp with CURVE keys unless told otherwise; workers find address and keys in access.json of the run directory, \
      which only its owner can read.
      """)

  @OptionGroup var spec: SpecOptions
  @OptionGroup var watch: WatchOptions
  @OptionGroup var log: LogOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: "Where to listen: tcp://*:0 (any free port, the default), tcp://HOST:PORT, or ipc for this machine only.")
  var listen = "tcp://*:0"

  @Option(help: "The host name that workers are told to connect to (default: this host's).")
  var advertise: String?

  @Flag(help: "Let anybody who can reach the port in, without keys or encryption.")
  var insecure = false

  func validate() throws {
    guard listen != "ipc" else { return }
    do { _ = try Endpoint(listen) } catch { throw ValidationError("--listen: \(error)") }
  }

  func run() async throws {
    try await reportingErrors {
      let loaded = try spec.load()
      let path = spec.directory(for: loaded.experiment)
      let owned = try OwnedRun(at: path, experiment: loaded.experiment, spec: loaded.bytes, watching: announceWatching)
      let context = try ZeroMQContext()
      let directory = listen == "ipc" ? try PrivateDirectory() : nil
      var configuration = try self.configuration(owned.layout, directory, context)
      configuration.reuse = loaded.spec.reuse
      configuration.policy.audit = loaded.spec.audit
      configuration.onAdopted = { announce("\($0)") }
      configuration.onListening = { access in
        announce("coordinating \(path) at \(access.endpoint); start workers with 'rebound work \(path)'")
      }
      let logger = log.log.coordinator(of: owned.layout)
      let server = try Server(owned, configuration, in: context, logger: logger)
      let signals = Signals([SIGINT, SIGTERM]) { _ in server.stop(reason: "told to end") }
      let pages = try await WatchPages.serve(server, watch.ports)
      let view = ProgressView(quiet: output.format == .quiet)
      let watching = Task {
        while !Task.isCancelled {
          if let status = server.status { await view.show(status) }
          try? await Task.sleep(for: .milliseconds(500))
        }
      }
      defer { watching.cancel() }
      let result = try await server.run()
      await pages.sayGoodbye()
      withExtendedLifetime((signals, directory, pages)) {}
      let missing = if case .finishedWithMissing(let count) = result { count } else { 0 }
      let isFinished = if case .stopped = result { false } else { true }
      try output.answer(
        SpecRun.Summary(run: path, finished: isFinished, missingTrials: missing, report: nil),
        text: isFinished ? "Finished; see it with 'rebound report \(path)'." : "Stopped; the same command continues.")
      if !isFinished { throw ExitCode.interrupted }
      if missing > 0 { throw ExitCode.missingTrials }
    }
  }

  private func configuration(
    _ layout: RunLayout, _ directory: PrivateDirectory?, _ context: ZeroMQContext
  ) throws -> ServerConfiguration {
    let host = advertise ?? ProcessInfo.processInfo.hostName
    if let directory {
      return ServerConfiguration(
        endpoint: try directory.endpoint(), security: .fileSystem, protection: .fileSystem, build: Build.version)
    }
    let endpoint = try Endpoint(listen)
    if insecure {
      return ServerConfiguration(
        endpoint: endpoint, security: .insecure, protection: .insecure, build: Build.version, advertisedHost: host)
    }
    let keyring = try Keyring.open(layout.keys, now: Date().timeIntervalSince1970)
    let authenticator = try Authenticator(for: context, allowing: keyring.holders)
    var configuration = ServerConfiguration(
      endpoint: endpoint, security: .curve(keyring.server, authenticator), protection: keyring.protection,
      build: Build.version, advertisedHost: host)
    configuration.keyring = layout.keys
    return configuration
  }
}
