import Foundation

/// A network of its own, in network namespaces: a coordinator's host at 10.77.0.1, and workers' hosts behind a switch. Gone
/// with the value. Only root can make one.
final class TestNetwork: Sendable {
  /// Workers' hosts, numbered from 0.
  let workers: Int
  private let name: String

  /// Whether this process may make networks, and has the tools.
  static let isPossible = (try? TestNetwork(workers: 1)) != nil

  init(workers: Int) throws {
    self.workers = workers
    name = "rb\(getpid())-\(UInt16.random(in: .min ... .max))"
    guard getuid() == 0 else { throw TimeLimitExceeded(description: "only root can make networks") }
    try Self.command("ip", "netns", "add", hub)
    try on(hub, "ip", "link", "set", "lo", "up")
    try on(hub, "ip", "link", "add", "switch", "type", "bridge")
    try on(hub, "ip", "addr", "add", "10.77.0.1/24", "dev", "switch")
    try on(hub, "ip", "link", "set", "switch", "up")
    for worker in 0..<workers {
      let host = host(worker)
      try Self.command("ip", "netns", "add", host)
      try on(host, "ip", "link", "set", "lo", "up")
      try on(hub, "ip", "link", "add", "port\(worker)", "type", "veth", "peer", "name", "uplink", "netns", host)
      try on(hub, "ip", "link", "set", "port\(worker)", "master", "switch", "up")
      try on(host, "ip", "addr", "add", "10.77.0.\(10 + worker)/24", "dev", "uplink")
      try on(host, "ip", "link", "set", "uplink", "up")
      try on(host, "iptables", "-L", "-n")
    }
  }

  deinit {
    for namespace in (0..<workers).map(host) + [hub] { try? Self.command("ip", "netns", "del", namespace) }
  }

  private var hub: String { "\(name)-hub" }
  private func host(_ worker: Int) -> String { "\(name)-\(worker)" }

  /// Starts the program on the coordinator's host.
  func coordinate(_ arguments: [String]) throws -> RunningProgram { try start(arguments, on: hub) }

  /// Starts the program on a worker's host.
  func work(_ worker: Int, _ arguments: [String]) throws -> RunningProgram { try start(arguments, on: host(worker)) }

  /// Starts the program on a worker's host that has a name of its own and doesn't see locks that other hosts have on `lock`, as
  /// on some network file systems.
  func start(_ arguments: [String], onStranger worker: Int, unlocked lock: String, instead other: String) throws
    -> RunningProgram
  {
    _ = FileManager.default.createFile(atPath: other, contents: nil)
    let script = #"hostname stranger && mount --bind "$1" "$2" && shift 2 && exec "$@""#
    return try RunningProgram(
      "/usr/sbin/ip",
      [
        "netns", "exec", host(worker), "unshare", "--uts", "--mount", "sh", "-c", script, "sh", other, lock,
        Rebound.binary,
      ]
        + arguments, in: nil, environment: [:])
  }

  private func start(_ arguments: [String], on namespace: String) throws -> RunningProgram {
    try RunningProgram(
      "/usr/sbin/ip", ["netns", "exec", namespace, Rebound.binary] + arguments, in: nil, environment: [:])
  }

  /// Runs the program on the coordinator's host to its end.
  func run(_ arguments: [String]) async throws -> Ending { try await coordinate(arguments).ending() }

  /// Pulls a worker's cable, or puts it back.
  func cut(_ worker: Int, _ isCut: Bool = true) throws {
    try on(hub, "ip", "link", "set", "port\(worker)", isCut ? "down" : "up")
  }

  /// Loses what comes in at a worker's host; what it sends still arrives.
  func deafen(_ worker: Int) throws { try on(host(worker), "iptables", "-A", "INPUT", "-i", "uplink", "-j", "DROP") }

  /// Loses packets at random, both ways.
  func lose(_ share: Double, at worker: Int) throws {
    for chain in ["INPUT", "OUTPUT"] {
      try on(
        host(worker), "iptables", "-A", chain, "-m", "statistic", "--mode", "random", "--probability", "\(share)", "-j",
        "DROP")
    }
  }

  /// Ends ``deafen(_:)`` and ``lose(_:at:)``.
  func heal(_ worker: Int) throws { try on(host(worker), "iptables", "-F") }

  private func on(_ namespace: String, _ command: String...) throws {
    try Self.run(["ip", "netns", "exec", namespace] + command)
  }

  private static func command(_ arguments: String...) throws { try run(arguments) }

  private static func run(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw TimeLimitExceeded(description: "'\(arguments.joined(separator: " "))' failed")
    }
  }
}
