import ArgumentParser

/// rebound: layerwise probes and attention knockouts over multimodal LLMs, swept on one machine or a cluster.
@main struct Rebound: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebound",
    abstract: "Find where, and through which attention edges, a multimodal LLM recovers segmentation information.",
    discussion: """
      A spec names a model, a data set and knockouts. 'rebound plan' says what a sweep would cost, 'rebound run' computes it on \
      this machine, and 'rebound report' shows what was found. 'rebound demo' does all of it on a small model.
      """,
    version: Build.version,
    subcommands: [
      DemoCommand.self, PlanCommand.self, RunCommand.self, ExtendCommand.self, CoordinateCommand.self, WorkCommand.self,
      StatusCommand.self, ExplainCommand.self, PauseCommand.self, ResumeCommand.self, DrainCommand.self,
      CancelCommand.self, KeysCommand.self, ReportCommand.self, ExportCommand.self, MergeCommand.self,
      TraceCommand.self,
      DoctorCommand.self, BenchCommand.self,
    ])
}

/// What this program is.
enum Build {
  /// Coordinator and workers must share it.
  static let version = "0.1.0"
}
