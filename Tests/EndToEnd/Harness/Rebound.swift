import Foundation

/// The built program: beside the test bundle, or where `REBOUND_BINARY` says.
enum Rebound {
  static let binary: String = {
    if let given = ProcessInfo.processInfo.environment["REBOUND_BINARY"] { return given }
    let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return bundle.deletingLastPathComponent().appendingPathComponent("rebound").path
  }()

  /// The project's own directory.
  static let project: String = {
    let file = URL(fileURLWithPath: #filePath)
    return (0..<4).reduce(file) { url, _ in url.deletingLastPathComponent() }.path
  }()

  /// Runs a command to its end; after `limit` it is killed, and that is an error.
  static func run(
    _ arguments: [String], in directory: String? = nil, environment: [String: String] = [:],
    limit: Duration = .seconds(240)
  ) async throws -> Ending {
    try await start(arguments, in: directory, environment: environment).ending(within: limit)
  }

  /// Starts a command.
  static func start(
    _ arguments: [String], in directory: String? = nil, environment: [String: String] = [:]
  ) throws -> RunningProgram {
    try RunningProgram(binary, arguments, in: directory, environment: environment)
  }
}

/// How a command ended.
struct Ending: Sendable {
  /// Its exit code; 128 + N after signal N.
  let code: Int32
  let output: String
  let errors: String

  /// The lines on standard error that aren't progress.
  var complaints: [Substring] { errors.split(separator: "\n").filter { $0.hasPrefix("rebound: ") } }
}

/// What a test waits for did not come.
struct TimeLimitExceeded: Error, CustomStringConvertible {
  let description: String
}

/// Asks again and again until there is an answer; throws after `limit`.
func eventually<Value>(
  _ what: String, within limit: Duration = .seconds(120), _ ask: () async throws -> Value?
) async throws -> Value {
  let deadline = ContinuousClock.now + limit
  while ContinuousClock.now < deadline {
    if let value = try await ask() { return value }
    try await Task.sleep(for: .milliseconds(10))
  }
  throw TimeLimitExceeded(description: "not within \(limit): \(what)")
}
