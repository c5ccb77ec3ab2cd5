import ArgumentParser

/// rebound: layerwise probes and attention knockouts over multimodal LLMs, swept on one machine or a cluster.
@main struct Rebound: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebound",
    abstract: "Find where, and through which attention edges, a multimodal LLM recovers segmentation information.")
}
