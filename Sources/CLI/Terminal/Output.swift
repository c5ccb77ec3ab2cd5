import ArgumentParser
import Coordinator
import Foundation

/// How a command answers.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  /// For people.
  case text
  /// One JSON value with a `schema` number.
  case json
  /// Nothing but errors.
  case quiet
}

/// Options of every command.
struct OutputOptions: ParsableArguments {
  @Option(help: "How to answer: text, json or quiet (default: $REBOUND_OUTPUT, or text).")
  var output: OutputFormat?

  private static var environment: String? { ProcessInfo.processInfo.environment["REBOUND_OUTPUT"] }

  /// What was asked for, here or by the environment.
  var format: OutputFormat { output ?? Self.environment.flatMap(OutputFormat.init(rawValue:)) ?? .text }

  func validate() throws {
    guard output == nil, let value = Self.environment, !value.isEmpty, OutputFormat(rawValue: value) == nil else {
      return
    }
    throw ValidationError("REBOUND_OUTPUT is '\(value)' and should be text, json or quiet")
  }

  /// Prints `text`, or `value` as JSON, or nothing.
  func answer(_ value: some Encodable, text: @autoclosure () -> String) throws {
    switch format {
    case .text: print(text())
    case .json: print(try Self.json(value))
    case .quiet: break
    }
  }

  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// Exit codes beside 0 (done), 1 (an error) and 64 (wrong usage).
extension ExitCode {
  /// The run is finished, but trials are missing.
  static let missingTrials = ExitCode(3)
  /// Stopped, by Ctrl-C or by `rebound drain` or `cancel`, before the end.
  static let interrupted = ExitCode(130)
}

/// A line for people on standard error, where it doesn't disturb what a command answers.
func announce(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }

/// Says why a command that takes a run over takes its time.
func announceWatching(_ owner: RunOwner) {
  announce(
    "rebound: the run was last coordinated on \(owner.host) (process \(owner.pid)); watching for some seconds whether it still"
      + " is")
}

/// Runs a command's body; an error becomes one sentence on standard error and exit code 1.
func reportingErrors(_ body: () async throws -> Void) async throws {
  do { try await body() } catch let code as ExitCode { throw code } catch {
    announce("rebound: \(error)")
    throw ExitCode.failure
  }
}
