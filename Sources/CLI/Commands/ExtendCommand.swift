import ArgumentParser
import Coordinator
import Foundation

/// `rebound extend`: more of the same for a run that is there.
struct ExtendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extend",
    abstract: "Take a spec's further images, knockouts, windows and draws into a run; nothing of it is computed again.",
    discussion: """
      The spec is the run's own with something added. Afterwards 'rebound run' or 'rebound coordinate' with this spec computes \
      what is new.
      """)

  @Argument(help: "The run directory.")
  var run: String

  @Argument(help: "The spec, a YAML file.")
  var spec: String

  @OptionGroup var output: OutputOptions

  /// What `--output json` prints.
  private struct Answer: Encodable {
    let schema = 1
    let run: String
    let images: Int
    let variants: Int
    let trials: Int
  }

  func run() async throws {
    try await reportingErrors {
      let loaded = try LoadedSpec(file: spec, pilot: nil)
      let addition = try OwnedRun.extend(run, to: loaded.experiment, spec: loaded.bytes)
      try output.answer(
        Answer(run: run, images: addition.images, variants: addition.variants, trials: addition.trials),
        text: addition.trials == 0
          ? "Nothing is new: \(run) has all that the spec asks for."
          : "Added \(addition.images) images and \(addition.variants) variants, \(addition.trials) trials in all; compute"
            + " them with 'rebound run \(spec) --out \(run)'.")
    }
  }
}
