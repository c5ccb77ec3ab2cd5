import Foundation

/// A process of the built program. Its output goes to files, so that it never waits for a reader.
final class RunningProgram: Sendable {
  private let process: Process
  private let folder: String
  private let arguments: [String]

  init(_ binary: String, _ arguments: [String], in directory: String?, environment: [String: String]) throws {
    self.arguments = arguments
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-output-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    process = Process()
    process.executableURL = URL(fileURLWithPath: binary)
    process.arguments = arguments
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("REBOUND_") }
    // Workers of different tests leave nothing to each other.
    let own = ["TMPDIR": folder]
    process.environment = inherited.merging(own) { $1 }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try Self.file("\(folder)/stdout")
    process.standardError = try Self.file("\(folder)/stderr")
    try process.run()
  }

  /// Whoever is left behind by a test that failed is asked to leave, and takes its workers along.
  deinit {
    if process.isRunning { kill(pid, SIGTERM) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static func file(_ path: String) throws -> FileHandle {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  var pid: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }
  var output: String { read("stdout") }
  var errors: String { read("stderr") }

  private func read(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data(), as: UTF8.self)
  }

  func signal(_ number: Int32) { kill(pid, number) }

  /// Waits for the end; after `limit` kills the process and throws.
  func ending(within limit: Duration = .seconds(240)) async throws -> Ending {
    do {
      try await eventually("the end of rebound \(arguments.joined(separator: " "))", within: limit) {
        process.isRunning ? nil : ()
      }
    } catch {
      kill(pid, SIGTERM)
      for _ in 0..<500 where process.isRunning { try? await Task.sleep(for: .milliseconds(20)) }
      if process.isRunning { kill(pid, SIGKILL) }
      throw TimeLimitExceeded(description: "\(error); it wrote: \(output)\(errors)")
    }
    let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Ending(code: code, output: output, errors: errors)
  }
}

/// Whether a process lives: it is there, and no zombie that its parent has yet to bury.
func isAlive(_ pid: UInt32) -> Bool {
  guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
    let state = text.split(separator: ")").last?.split(separator: " ").first
  else { return false }
  return state != "Z" && state != "X"
}
