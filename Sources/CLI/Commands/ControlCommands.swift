import ArgumentParser
import Coordinator
import Foundation
import Protocol

/// What steers a run: needs the access file of who started it.
protocol ControllingCommand: AsyncParsableCommand {
  /// What is asked for.
  static var command: ControlCommand { get }
  /// What follows, for people.
  static var consequence: String { get }
  var target: ControlOptions { get }
}

/// Which run.
struct ControlOptions: ParsableArguments {
  @Argument(help: "The run directory (default: the newest below ./runs).")
  var run: String?

  @OptionGroup var output: OutputOptions
}

extension ControllingCommand {
  func run() async throws {
    try await reportingErrors {
      let path = try RunPath.existing(target.run)
      let status = try await CoordinatorQuery(RunDirectory(reading: path)).answer(
        to: .control(Self.command), as: .control)
      try target.output.answer(status, text: "\(path): \(status.phase.rawValue). \(Self.consequence)")
    }
  }
}

/// `rebound pause`.
struct PauseCommand: ControllingCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Give no more work out; what was given out is finished. 'rebound resume' goes on.")
  static let command = ControlCommand.pause
  static let consequence = "Workers finish what they hold and wait; 'rebound resume' goes on."
  @OptionGroup var target: ControlOptions
}

/// `rebound resume`.
struct ResumeCommand: ControllingCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Give work out again after 'rebound pause'.")
  static let command = ControlCommand.resume
  static let consequence = "Work is given out again."
  @OptionGroup var target: ControlOptions
}

/// `rebound drain`.
struct DrainCommand: ControllingCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Let workers finish what they hold, then end; the run's own command continues it.")
  static let command = ControlCommand.drain
  static let consequence = "It ends when workers have finished what they hold; the run's own command continues it."
  @OptionGroup var target: ControlOptions
}

/// `rebound cancel`.
struct CancelCommand: ControllingCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "End a run soon: workers finish only the wave that they are at. Nothing committed is lost.")
  static let command = ControlCommand.cancel
  static let consequence = "It ends soon; nothing committed is lost, and the run's own command continues it."
  @OptionGroup var target: ControlOptions
}
