import ArgumentParser
import Coordinator
import Protocol

/// `rebound merge`: one run of several.
struct MergeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Make one run of runs over different evaluation images; nothing is computed.",
    discussion: """
      The runs have the same spec but for 'evaluate' and the name, and equal probes and CPU kernels. The merged run is the run of a \
      spec over all of their images: 'rebound report' shows it, and 'rebound run' with such a spec continues it.
      """)

  @Argument(help: "Run directories.")
  var runs: [String]

  @Option(help: "The directory of the merged run.")
  var out: String

  @OptionGroup var output: OutputOptions

  /// What `--output json` prints.
  private struct Answer: Encodable {
    let schema = 1
    let run: String
    let images: Int
    let outcomes: Int
    let missing: Int
  }

  func run() async throws {
    try await reportingErrors {
      let merged = try OwnedRun.merge(
        runs.map(RunDirectory.init(reading:)), at: out, logger: LogFormat.text.coordinator(of: RunLayout(root: out)))
      try output.answer(
        Answer(run: out, images: merged.images, outcomes: merged.outcomes, missing: merged.missing),
        text: "\(out) has \(merged.images) images and \(merged.outcomes) outcomes of the sweep"
          + (merged.missing > 0 ? "; \(merged.missing) trials were given up" : "") + ". See 'rebound report \(out)'.")
    }
  }
}
