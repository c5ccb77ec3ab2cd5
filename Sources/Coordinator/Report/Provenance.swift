import Catalog

/// Where a report's numbers come from. It holds what decides them and nothing that differs between runs of the same work,
/// so equal runs write equal reports.
public struct Provenance: Hashable, Sendable, Codable {
  /// The version of rebound that made the report.
  public let build: String
  /// ``Experiment/digest()``.
  public let experiment: Digest
  /// Path of the checkpoint.
  public let model: String
  /// ``Experiment/Model/identity``.
  public let modelIdentity: Digest
  /// The positions of the image tokens behind the prompt.
  public let imageTokens: ImageTokens
  /// Training and evaluation images.
  public let trainImages: Int
  /// Training and evaluation images.
  public let evaluationImages: Int
  /// How images got the encoder's size: numbers of different geometries are not comparable.
  public let geometry: Experiment.Data.Geometry
  /// Which part of an image was computed, in families that cut it into tiles; nil: all of it.
  public let tiling: Tiling?
  /// How probes were made.
  public let probes: Experiment.Probes.Method
  /// What probes learned from.
  public let targets: Experiment.Probes.Targets
  /// The file of imported probes; nil otherwise.
  public let probeFile: String?
  /// The candidates for λ.
  public let l2: [Double]
  /// The seed of every draw.
  public let seed: UInt64
  /// The kernels that computed outcomes, each once, sorted.
  public let kernels: [String]
  /// What matrix products multiplied in; nil: float32.
  public let dtype: Experiment.Compute.DType?
  /// Whether all kernels were held equal.
  public let bitReproducible: Bool
  /// Outcomes that differed from the committed one of the same trial; a fault, unless kernels may differ.
  public let nondeterminism: Int

  /// What `experiment` says, with what the coordinator has seen.
  ///
  /// - Parameters:
  ///   - kernels: the kernels of all workers that had an outcome committed.
  ///   - nondeterminism: repeated outcomes that differed from the committed one.
  public init(experiment: Experiment, build: String, kernels: some Sequence<String>, nondeterminism: Int) throws {
    self.build = build
    self.experiment = try experiment.digest()
    model = experiment.model.directory
    modelIdentity = experiment.model.identity
    imageTokens = experiment.model.imageTokens
    trainImages = experiment.data.train.count
    evaluationImages = experiment.data.evaluate.count
    geometry = experiment.data.geometry
    tiling = experiment.model.tiling
    probes = experiment.probes.method
    targets = experiment.probes.targets
    probeFile = experiment.probes.file
    l2 = experiment.probes.l2
    seed = experiment.seed
    self.kernels = Set(kernels).sorted()
    dtype = experiment.compute.dtype == .f32 ? nil : experiment.compute.dtype
    bitReproducible = experiment.compute.kernel == .uniform
    self.nondeterminism = nondeterminism
  }
}
