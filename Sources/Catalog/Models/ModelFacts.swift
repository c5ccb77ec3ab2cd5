/// What a checkpoint directory says of its model, without reading a weight: from `config.json` and
/// `preprocessor_config.json`.
public struct ModelFacts: Hashable, Sendable {
  /// Absolute path of the directory.
  public let directory: String
  public let family: ModelFamily
  public let vision: VisionFacts
  public let connector: ConnectorFacts
  public let decoder: DecoderFacts
  public let preprocessor: PreprocessorFacts
  /// Rows and columns of the image tokens in the LLM.
  public let grid: Grid

  public init(
    directory: String, family: ModelFamily, vision: VisionFacts, connector: ConnectorFacts, decoder: DecoderFacts,
    preprocessor: PreprocessorFacts, grid: Grid
  ) {
    self.directory = directory
    self.family = family
    self.vision = vision
    self.connector = connector
    self.decoder = decoder
    self.preprocessor = preprocessor
    self.grid = grid
  }
}

/// How vision encoder, connector and decoder are put together; `model_type` of `config.json`.
public enum ModelFamily: String, Hashable, Sendable, CaseIterable {
  /// LLaVA 1.5: `LlavaForConditionalGeneration`.
  case llava
}

/// A vision encoder.
public struct VisionFacts: Hashable, Sendable {
  /// Its `model_type`.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case clip = "clip_vision_model"
  }

  public let kind: Kind
  public let hidden: Int
  public let layers: Int
  public let heads: Int
  public let intermediate: Int
  public let patch: Int
  /// Height and width of the input, in pixels.
  public let image: Int
  public let layerNormEps: Double
  public let activation: Activation

  public init(
    kind: Kind, hidden: Int, layers: Int, heads: Int, intermediate: Int, patch: Int, image: Int, layerNormEps: Double,
    activation: Activation
  ) {
    self.kind = kind
    self.hidden = hidden
    self.layers = layers
    self.heads = heads
    self.intermediate = intermediate
    self.patch = patch
    self.image = image
    self.layerNormEps = layerNormEps
    self.activation = activation
  }

  /// Patches in a row or column.
  public var side: Int { image / patch }
}

/// Element-wise activations, by their Hugging Face names.
public enum Activation: String, Hashable, Sendable, CaseIterable {
  /// x · σ(1.702 x)
  case quickGELU = "quick_gelu"
  /// Exact, by erf.
  case gelu = "gelu"
  case geluTanh = "gelu_pytorch_tanh"
  case silu = "silu"
}

/// What leads from vision features to the LLM's input.
public struct ConnectorFacts: Hashable, Sendable {
  public let activation: Activation
  public let bias: Bool
  /// The vision sites whose states are concatenated as features, in order: 0 ... layers.
  public let featureSites: [Int]
  /// Whether the class token is kept as a feature (`vision_feature_select_strategy: full`).
  public let keepsClassToken: Bool

  public init(activation: Activation, bias: Bool, featureSites: [Int], keepsClassToken: Bool) {
    self.activation = activation
    self.bias = bias
    self.featureSites = featureSites
    self.keepsClassToken = keepsClassToken
  }
}

/// A decoder-only LLM.
public struct DecoderFacts: Hashable, Sendable {
  /// Its `model_type`.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case llama
  }

  public let kind: Kind
  public let hidden: Int
  public let layers: Int
  public let heads: Int
  public let keyValueHeads: Int
  public let headSize: Int
  public let intermediate: Int
  public let vocabulary: Int
  public let normEps: Double
  public let rope: RopeFacts
  public let attentionBias: Bool
  public let mlpBias: Bool

  public init(
    kind: Kind, hidden: Int, layers: Int, heads: Int, keyValueHeads: Int, headSize: Int, intermediate: Int,
    vocabulary: Int, normEps: Double, rope: RopeFacts, attentionBias: Bool, mlpBias: Bool
  ) {
    self.kind = kind
    self.hidden = hidden
    self.layers = layers
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headSize = headSize
    self.intermediate = intermediate
    self.vocabulary = vocabulary
    self.normEps = normEps
    self.rope = rope
    self.attentionBias = attentionBias
    self.mlpBias = mlpBias
  }
}

/// Rotary position embedding.
public struct RopeFacts: Hashable, Sendable {
  /// How frequencies are scaled.
  public enum Scaling: Hashable, Sendable {
    case none
    /// Positions divided by `factor`.
    case linear(factor: Double)
    case llama3(factor: Double, lowFrequency: Double, highFrequency: Double, originalPositions: Int)
  }

  public let theta: Double
  public let scaling: Scaling

  public init(theta: Double, scaling: Scaling) {
    self.theta = theta
    self.scaling = scaling
  }
}

/// From a decoded image to the encoder's input.
public struct PreprocessorFacts: Hashable, Sendable {
  /// How the image gets its size.
  public enum Resize: Hashable, Sendable {
    /// The shortest edge gets this length, the other one follows (rounded down).
    case shortestEdge(Int)
    /// Exactly this size.
    case exact(height: Int, width: Int)
  }

  public let resize: Resize?
  /// Height and width cut from the centre.
  public let crop: (height: Int, width: Int)?
  /// Multiplies the 8-bit values.
  public let rescale: Double
  /// Subtracted and divided by, per channel; nil: not normalised.
  public let mean: [Double]
  public let std: [Double]

  public init(resize: Resize?, crop: (height: Int, width: Int)?, rescale: Double, mean: [Double], std: [Double]) {
    self.resize = resize
    self.crop = crop
    self.rescale = rescale
    self.mean = mean
    self.std = std
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.resize == right.resize && left.crop?.height == right.crop?.height && left.crop?.width == right.crop?.width
      && left.rescale == right.rescale && left.mean == right.mean && left.std == right.std
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(resize)
    hasher.combine(rescale)
    hasher.combine(mean)
    hasher.combine(std)
  }
}
