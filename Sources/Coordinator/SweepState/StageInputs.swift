import Catalog
import Foundation

/// What the outcomes of a stage depend on besides the trial itself. Its digest goes into every lease, comes back in every
/// outcome, and decides whether the outcome belongs to this run.
///
/// A stage takes in only the parts of the experiment that its numbers follow from: neither knockouts nor the list of
/// evaluation images change what `extract` and `fit` return, and a sweep's trial already names its image and variant.
public struct StageInputs: Sendable {
  /// The digest of everything that was taken in.
  public let digest: Digest

  /// `kernel` is nil where the policy lets kernels differ; `artifacts` are those of the stage's leases.
  public init(of experiment: Experiment, stage: Stage, kernel: String?, artifacts: [Digest]) {
    var parts = Parts()
    parts.add("stage", "\(stage)")
    parts.add("model", "\(experiment.model.identity)")
    parts.add("prefix", experiment.model.prefixTokenIDs.map(String.init))
    if let suffix = experiment.model.suffixTokenIDs { parts.add("suffix", suffix.map(String.init)) }
    parts.add("kernel", kernel ?? "any")
    if experiment.compute.dtype != .f32 { parts.add("dtype", experiment.compute.dtype.rawValue) }
    parts.add("seed", String(experiment.seed))
    parts.add("classes", experiment.data.classes)
    parts.add("void", experiment.data.void.map(String.init))
    parts.add("labels", experiment.data.labels.map { $0.map(String.init).joined(separator: " ") })
    // Left out where there is no other, so that outcomes of before it was there are still this run's.
    if experiment.data.encoding != .indices { parts.add("encoding", experiment.data.encoding.rawValue) }
    parts.add("geometry", experiment.data.geometry.rawValue)
    parts.add("sites", experiment.probes.sites.map(\.description))
    parts.add("artifacts", artifacts.map(\.description))
    switch stage {
    case .extract:
      parts.addTraining(of: experiment)
    case .fit:
      parts.addTraining(of: experiment)
      parts.add("method", experiment.probes.method.rawValue)
      parts.add("l2", experiment.probes.l2.map { String($0.bitPattern, radix: 16) })
    case .sweep:
      parts.add("reference", "\(experiment.reference)")
      parts.add("horizon", experiment.horizon.map(String.init) ?? "all")
    }
    digest = parts.finish()
  }

  /// Hashes names and values so that no two lists of parts look alike.
  private struct Parts {
    private var hasher = Digest.Hasher()

    mutating func add(_ name: String, _ value: String) { add(name, [value]) }

    mutating func add(_ name: String, _ values: [String]) {
      for text in [name, String(values.count)] + values {
        let bytes = Data(text.utf8)
        hasher.update(Data("\(bytes.count):".utf8))
        hasher.update(bytes)
      }
    }

    mutating func addTraining(of experiment: Experiment) {
      add("training images", experiment.data.train.map(\.name))
      add("shard", String(Experiment.shardSize))
      add("targets", experiment.probes.targets.rawValue)
      add("tokens per image", String(experiment.probes.tokensPerImage))
    }

    mutating func finish() -> Digest { hasher.finish() }
  }
}
