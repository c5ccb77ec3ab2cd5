import Foundation
import Testing

/// Python with what reads exports and drives browsers, made by `tools/python.sh`.
enum TestPython {
  /// nil where it can't be made.
  static let interpreter: String? = {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "\(Rebound.project)/tools/python.sh")
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil, let data = try? output.fileHandleForReading.readToEnd() else { return nil }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }()

  /// Runs a script to its end.
  static func run(_ script: String, _ arguments: [String]) async throws -> Ending {
    try await RunningProgram(try #require(interpreter), [script] + arguments, in: nil, environment: [:]).ending()
  }
}
