import ArgumentParser
import Coordinator
import Foundation
import Protocol

/// `rebound keys`: who may connect to a run's coordinator.
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Make, list and revoke the keys that may connect to a run's coordinator.",
    discussion: """
      A run has three keys from the start, in its access.json: 'workers', 'status' and 'control'. A key of its own lets one host \
      or one person in, who can be shut out again without the others. A coordinator that runs follows at once.
      """,
    subcommands: [NewKey.self, ListKeys.self, RevokeKey.self])
}

/// The keyring of a run.
private func keyring(of run: RunDirectory) throws -> String {
  guard FileManager.default.fileExists(atPath: run.layout.keys) else {
    throw UsageError(
      "\(run.layout.root) has no keys yet: 'rebound coordinate' makes them when it first listens on a network")
  }
  return run.layout.keys
}

/// `rebound keys new`.
struct NewKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Make a key, and an access file with it for 'rebound work FILE' or 'rebound status' elsewhere.")

  @Argument(help: "The run directory.")
  var run: String
  @Argument(help: "What to call the key, such as the host's name.")
  var name: String
  @Option(help: "What the key may do: worker, status or control.")
  var role = "worker"
  @Option(help: "Where the coordinator will listen (default: where it listens now).")
  var endpoint: String?
  @Option(name: .customLong("out"), help: "The access file to write (default: NAME.access.json here).")
  var file: String?
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if ![.worker, .status, .control].contains(PeerRole(rawValue: role)) {
      throw ValidationError("--role is worker, status or control")
    }
    if let endpoint {
      do { _ = try Endpoint(endpoint) } catch { throw ValidationError("--endpoint: \(error)") }
    }
  }

  /// What `--output json` prints.
  struct Made: Encodable {
    let schema = 1
    let name: String
    let role: PeerRole
    let file: String
  }

  func run() async throws {
    try await reportingErrors {
      let directory = try RunDirectory(reading: run)
      let path = try keyring(of: directory)
      let file = file ?? "\(name).access.json"
      guard !FileManager.default.fileExists(atPath: file) else {
        throw UsageError("\(file) is there already; name another one with --out")
      }
      let (place, epoch) = try place(directory)
      let role = PeerRole(rawValue: role) ?? .worker
      let (pair, server) = try Keyring.change(path) { keyring in
        (try keyring.add(name, role, now: Date().timeIntervalSince1970), keyring.server.publicKey)
      }
      let protection: AccessFile.Protection =
        switch role {
        case .status: .curve(server: server, status: pair)
        case .control, .owner: .curve(server: server, control: pair)
        case .worker: .curve(server: server, worker: pair)
        }
      try AccessFile(endpoint: place, epoch: epoch, protection: protection).write(to: file)
      try output.answer(
        Made(name: name, role: role, file: file),
        text: "\(file) lets its holder in as \(role.rawValue) '\(name)'; 'rebound keys revoke' shuts it out again.")
    }
  }

  private func place(_ directory: RunDirectory) throws -> (Endpoint, Epoch) {
    if let endpoint { return (try Endpoint(endpoint), Epoch(0)) }
    guard FileManager.default.fileExists(atPath: directory.layout.access) else {
      throw UsageError(
        "no coordinator is at work on this run; say where it will listen with --endpoint tcp://HOST:PORT")
    }
    let access = try AccessFile(path: directory.layout.access)
    guard access.endpoint.isNetwork else {
      throw UsageError("the run's coordinator listens on this machine only, where no keys are needed")
    }
    return (access.endpoint, access.epoch)
  }
}

/// `rebound keys list`.
struct ListKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List a run's keys.")

  @Argument(help: "The run directory.")
  var run: String
  @OptionGroup var output: OutputOptions

  /// What `--output json` prints: no secrets.
  struct Listing: Encodable {
    let schema = 1
    let keys: [Entry]

    struct Entry: Encodable {
      let name: String
      let role: PeerRole
      let publicKey: CurveKey
      let created: Double
      let revoked: Double?
    }
  }

  func run() async throws {
    try await reportingErrors {
      let ring = try Keyring(path: keyring(of: RunDirectory(reading: run)))
      let width = ring.keys.map(\.name.count).max() ?? 0
      let lines = ring.keys.map { key in
        let name = key.name.padding(toLength: width, withPad: " ", startingAt: 0)
        let role = key.role.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)
        let made = "made \(Date(timeIntervalSince1970: key.created).ISO8601Format())"
        let end = key.revoked.map { ", revoked \(Date(timeIntervalSince1970: $0).ISO8601Format())" } ?? ""
        return "\(name)  \(role)  \(key.publicKey)  \(made)\(end)"
      }
      try output.answer(
        Listing(
          keys: ring.keys.map {
            .init(name: $0.name, role: $0.role, publicKey: $0.publicKey, created: $0.created, revoked: $0.revoked)
          }), text: lines.joined(separator: "\n"))
    }
  }
}

/// `rebound keys revoke`.
struct RevokeKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Shut out who has a key; workers with it are dropped within a second, and their trials given to others.")

  @Argument(help: "The run directory.")
  var run: String
  @Argument(help: "The key's name, from 'rebound keys list'.")
  var name: String
  @OptionGroup var output: OutputOptions

  /// What `--output json` prints.
  struct Revoked: Encodable {
    let schema = 1
    let revoked: String
  }

  func run() async throws {
    try await reportingErrors {
      let path = try keyring(of: RunDirectory(reading: run))
      try Keyring.change(path) { try $0.revoke(name, now: Date().timeIntervalSince1970) }
      try output.answer(Revoked(revoked: name), text: "Nobody is let in with the key '\(name)' any more.")
    }
  }
}
