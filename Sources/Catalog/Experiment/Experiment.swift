/// One sweep, fully resolved: what a spec says once every path, list and default has been filled in.
///
/// The coordinator derives it from the spec, stores it in the run directory and sends it to every worker as JSON with
/// sorted keys; its digest names the run. Everything that decides a number is in it, and nothing else.
public struct Experiment: Hashable, Sendable, Codable {
  /// The spec's name; tables, figures and the run directory carry it.
  public let name: String
  /// The checkpoint and its prompt.
  public let model: Model
  /// The images and their labels.
  public let data: Data
  /// How probes come to be.
  public let probes: Probes
  /// The site whose baseline predictions define the outcome sets W (wrong) and C (correct).
  public let reference: Site
  /// The rules that are swept, in order.
  public let knockouts: [Knockout]
  /// How many layers behind its window a variant is computed; nil: to the last layer.
  public let horizon: Int?
  /// What arithmetic may differ in.
  public let compute: Compute
  /// The seed of every draw.
  public let seed: UInt64

  /// Takes each property as it is.
  public init(
    name: String, model: Model, data: Data, probes: Probes, reference: Site, knockouts: [Knockout], horizon: Int?,
    compute: Compute, seed: UInt64
  ) {
    self.name = name
    self.model = model
    self.data = data
    self.probes = probes
    self.reference = reference
    self.knockouts = knockouts
    self.horizon = horizon
    self.compute = compute
    self.seed = seed
  }

  /// The checkpoint and the text around the image.
  public struct Model: Hashable, Sendable, Codable {
    /// Absolute path of a Hugging Face model directory.
    public let directory: String
    /// See ``ModelIdentity``.
    public let identity: Digest
    /// The token ids before the image.
    public let prefixTokenIDs: [Int]
    /// The token ids behind the image; nil in families where they cannot influence it.
    public let suffixTokenIDs: [Int]?
    /// Decoder layers, so that variants and sites follow from the experiment alone.
    public let layers: Int
    /// Vision blocks.
    public let visionLayers: Int
    /// The vision site that feeds the adapter (the last one, where several are concatenated).
    public let featureSite: Site
    /// Rows and columns of the image tokens' grid in the LLM.
    public let grid: Grid
    /// Which part of an image is computed, in families that cut it into tiles; nil: all of it.
    public let tiling: Tiling?

    /// Takes each property as it is.
    public init(
      directory: String, identity: Digest, prefixTokenIDs: [Int], suffixTokenIDs: [Int]? = nil, layers: Int,
      visionLayers: Int, featureSite: Site, grid: Grid, tiling: Tiling? = nil
    ) {
      self.directory = directory
      self.identity = identity
      self.prefixTokenIDs = prefixTokenIDs
      self.suffixTokenIDs = suffixTokenIDs
      self.layers = layers
      self.visionLayers = visionLayers
      self.featureSite = featureSite
      self.grid = grid
      self.tiling = tiling
    }

    /// The token ids around the image.
    public var prompt: Prompt { Prompt(prefix: prefixTokenIDs, suffix: suffixTokenIDs ?? []) }
  }

  /// The images, and what their labels mean.
  public struct Data: Hashable, Sendable, Codable {
    /// Class names, by index.
    public let classes: [String]
    /// Labels on disk that carry no class.
    public let void: [Int]
    /// [class]: the labels on disk that mean it.
    public let labels: [[Int]]
    /// How label maps hold labels.
    public var encoding: LabelEncoding { otherEncoding ?? .indices }
    /// nil for indices: these were all that there was, and the digests of experiments that have them stay.
    private let otherEncoding: LabelEncoding?
    /// How an image gets the encoder's size; its label map goes the same way.
    public let geometry: Geometry
    /// Images that probes are fitted on.
    public let train: [LabelledImage]
    /// Images that are swept.
    public let evaluate: [LabelledImage]

    /// How an image gets the encoder's size.
    public enum Geometry: String, Hashable, Sendable, Codable, CaseIterable {
      /// As the model's `preprocessor_config.json` says.
      case model
      /// The shortest edge is resized to the encoder's, the middle is cut out.
      case crop
      /// Resized to the encoder's size whatever its shape.
      case squash
      /// Put into the middle of a square of the mean colour, as the original LLaVA does, then resized.
      case pad
    }

    private enum CodingKeys: String, CodingKey {
      case classes, void, labels, geometry, train, evaluate
      case otherEncoding = "encoding"
    }

    /// Takes each property as it is; without `labels` a class's label is its index.
    public init(
      classes: [String], labels: [[Int]]? = nil, void: [Int], encoding: LabelEncoding = .indices,
      geometry: Geometry = .model, train: [LabelledImage], evaluate: [LabelledImage]
    ) {
      self.classes = classes
      self.labels = labels ?? classes.indices.map { [$0] }
      self.void = void
      otherEncoding = encoding == .indices ? nil : encoding
      self.geometry = geometry
      self.train = train
      self.evaluate = evaluate
    }
  }

  /// How probes come to be.
  public struct Probes: Hashable, Sendable, Codable {
    /// What kind of probe.
    public enum Method: String, Hashable, Sendable, Codable, CaseIterable {
      /// Softmax regression with L2 by L-BFGS.
      case softmax
      /// Ridge regression on one-hot (or distribution) targets.
      case ridge
      /// Read from a safetensors file.
      case imported
    }

    /// What a probe learns from.
    public enum Targets: String, Hashable, Sendable, Codable, CaseIterable {
      /// The patch's label distribution over its non-void pixels.
      case distribution
      /// Its gold class.
      case majority
    }

    /// The sites that have a probe, in order.
    public let sites: [Site]
    /// What kind of probe.
    public let method: Method
    /// What probes learn from.
    public let targets: Targets
    /// Candidates for λ, chosen on a held-out tenth of the training images.
    public let l2: [Double]
    /// Tokens drawn (seeded) from each training image.
    public let tokensPerImage: Int
    /// Absolute path of the file, for `imported`.
    public let file: String?

    /// Takes each property as it is.
    public init(sites: [Site], method: Method, targets: Targets, l2: [Double], tokensPerImage: Int, file: String?) {
      self.sites = sites
      self.method = method
      self.targets = targets
      self.l2 = l2
      self.tokensPerImage = tokensPerImage
      self.file = file
    }
  }

  /// What arithmetic is allowed to differ in.
  public struct Compute: Hashable, Sendable, Codable {
    /// Whether CPU kernels must be equal.
    public enum KernelPolicy: String, Hashable, Sendable, Codable, CaseIterable {
      /// All workers must run the same CPU kernels: results are reproducible to the bit.
      case uniform
      /// Any worker may help: results are not bit-reproducible, and every output says so.
      case any
    }

    /// What matrix products multiply in.
    public enum DType: String, Hashable, Sendable, Codable, CaseIterable {
      /// float32.
      case f32
      /// Rounded to bfloat16; sums are float32.
      case bf16
    }

    /// Whether CPU kernels must be equal.
    public let kernel: KernelPolicy
    /// What matrix products multiply in.
    public var dtype: DType { otherDType ?? .f32 }
    /// nil for f32: it was all that there was, and the digests of experiments that have it stay.
    private let otherDType: DType?

    private enum CodingKeys: String, CodingKey {
      case kernel
      case otherDType = "dtype"
    }

    /// Takes each property as it is.
    public init(kernel: KernelPolicy, dtype: DType = .f32) {
      self.kernel = kernel
      otherDType = dtype == .f32 ? nil : dtype
    }
  }
}

/// Rows and columns of image tokens.
public struct Grid: Hashable, Sendable, Codable {
  /// Rows of tokens.
  public let rows: Int
  /// Columns of tokens.
  public let columns: Int

  /// Takes each property as it is.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// How many image tokens there are.
  public var tokens: Int { rows * columns }

  /// Chebyshev distance between image tokens `a` and `b`, numbered in raster order.
  public func distance(_ a: Int, _ b: Int) -> Int {
    max(abs(a / columns - b / columns), abs(a % columns - b % columns))
  }
}

/// One image of a data set with its label map.
public struct LabelledImage: Hashable, Sendable, Codable {
  /// Unique within a split: the file's stem, with its folder where stems repeat.
  public let name: String
  /// Absolute path of the image.
  public let image: String
  /// Absolute path of the label map.
  public let mask: String
  /// Images of one cluster are resampled together; the image's own name unless the spec groups them.
  public let cluster: String

  /// Takes each property as it is.
  public init(name: String, image: String, mask: String, cluster: String) {
    self.name = name
    self.image = image
    self.mask = mask
    self.cluster = cluster
  }
}
