/// What a checkpoint directory says of its model, without reading a weight: from `config.json` and
/// `preprocessor_config.json`.
public struct ModelFacts: Hashable, Sendable {
  /// Absolute path of the directory.
  public let directory: String
  /// How its parts are put together.
  public let family: ModelFamily
  /// The vision encoder.
  public let vision: VisionFacts
  /// From vision features to the LLM.
  public let connector: ConnectorFacts
  /// The LLM.
  public let decoder: DecoderFacts
  /// From an image to the encoder.
  public let preprocessor: PreprocessorFacts
  /// Rows and columns of the image tokens in the LLM.
  public let grid: Grid

  /// At most this many tokens may stand around the image.
  public static let prefixLimit = 4_096

  /// Takes each property as it is.
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

  /// Pixels of the encoder's input that an image token is wide and high. What tokens leave of the input at its right and
  /// lower edges belongs to none.
  public var tokenSide: Int { vision.patch * connector.scale }

  /// The width of a token's state at a site, as probes read it: at a vision site a token is all of its patches side by side.
  public func hidden(at site: Site) -> Int {
    switch site {
    case .vision: vision.hidden * connector.scale * connector.scale
    case .adapter, .llm: decoder.hidden
    }
  }
}

/// A vision encoder.
public struct VisionFacts: Hashable, Sendable {
  /// Its `model_type`.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case clip = "clip_vision_model"
    /// SigLIP, and SigLIP 2 at a fixed resolution.
    case siglip = "siglip_vision_model"
    /// SigLIP as Idefics3 and SmolVLM have it, by either's name.
    case idefics3 = "idefics3_vision"
    case dinov2
    case dinov2WithRegisters = "dinov2_with_registers"
  }

  /// Its `model_type`.
  public let kind: Kind
  /// Width of a hidden state.
  public let hidden: Int
  /// Blocks.
  public let layers: Int
  /// Query heads.
  public let heads: Int
  /// Width inside the MLP.
  public let intermediate: Int
  /// Side of a patch, in pixels.
  public let patch: Int
  /// Height and width of the input, in pixels.
  public let image: Int
  /// Added to the variance in layer norms.
  public let layerNormEps: Double
  /// The activation inside its MLP.
  public let activation: Activation
  /// Whether the MLP is gated (SwiGLU): the activation of one half multiplies the other.
  public let isGated: Bool
  /// Tokens between the class token and the patches that belong to no patch.
  public let registers: Int
  /// Patches in a row or column of the position table on disk; it is interpolated where ``side`` differs.
  public let trainedSide: Int

  /// Takes each property as it is; `trainedSide` is the input's side if nil.
  public init(
    kind: Kind, hidden: Int, layers: Int, heads: Int, intermediate: Int, patch: Int, image: Int, layerNormEps: Double,
    activation: Activation, isGated: Bool = false, registers: Int = 0, trainedSide: Int? = nil
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
    self.isGated = isGated
    self.registers = registers
    self.trainedSide = trainedSide ?? image / patch
  }

  /// Patches in a row or column. What they leave of the image at its right and lower edges is not seen.
  public var side: Int { image / patch }

  /// Tokens before the patches: the class token, if the family has one, and registers.
  public var leadingTokens: Int { kind == .siglip || kind == .idefics3 ? 0 : 1 + registers }
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
  /// The activation between its two linear layers; nil: it has one, and no activation.
  public let activation: Activation?
  /// Whether its linear layers have biases.
  public let bias: Bool
  /// The vision sites whose states are concatenated as features, in order: 0 ... layers.
  public let featureSites: [Int]
  /// Whether features go through the encoder's last norm (`post_layernorm`), which lies behind its last site.
  public let normsFeatures: Bool
  /// Rows and columns of patches that make one image token.
  public let scale: Int

  /// Takes each property as it is.
  public init(
    activation: Activation?, bias: Bool, featureSites: [Int], normsFeatures: Bool = false, scale: Int = 1
  ) {
    self.activation = activation
    self.bias = bias
    self.featureSites = featureSites
    self.normsFeatures = normsFeatures
    self.scale = scale
  }
}

/// An LLM's decoder.
public struct DecoderFacts: Hashable, Sendable {
  /// Its `model_type`.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case llama, mistral, qwen2, qwen3, gemma
  }

  /// Its `model_type`.
  public let kind: Kind
  /// Width of a hidden state.
  public let hidden: Int
  /// Blocks.
  public let layers: Int
  /// Query heads.
  public let heads: Int
  /// Key/value heads; query heads share them in groups.
  public let keyValueHeads: Int
  /// Width of a head.
  public let headSize: Int
  /// Width inside the MLP.
  public let intermediate: Int
  /// How many token ids there are.
  public let vocabulary: Int
  /// Added to the mean square in RMS norms.
  public let normEps: Double
  /// The rotary embedding.
  public let rope: RopeFacts
  /// Whether q, k and v have biases.
  public let attentionBias: Bool
  /// Whether o has a bias.
  public let outputBias: Bool
  /// Whether gate, up and down have biases.
  public let mlpBias: Bool
  /// The activation of the gate.
  public let gate: Activation
  /// Whether a query sees only itself and what is before it; else image and prompt all see each other (prefix-LM).
  public let isCausal: Bool
  /// How many keys a query may see in each layer, itself and those just before it; nil: all that ``isCausal`` leaves.
  public let attentionWindows: [Int?]

  /// Takes each property as it is; no layer's attention has a window if `attentionWindows` is nil.
  public init(
    kind: Kind, hidden: Int, layers: Int, heads: Int, keyValueHeads: Int, headSize: Int, intermediate: Int,
    vocabulary: Int, normEps: Double, rope: RopeFacts, attentionBias: Bool, outputBias: Bool = false, mlpBias: Bool,
    gate: Activation = .silu, isCausal: Bool = true, attentionWindows: [Int?]? = nil
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
    self.outputBias = outputBias
    self.mlpBias = mlpBias
    self.gate = gate
    self.isCausal = isCausal
    self.attentionWindows = attentionWindows ?? Array(repeating: nil, count: layers)
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

  /// The base of the frequencies.
  public let theta: Double
  /// How frequencies are scaled for longer contexts.
  public let scaling: Scaling

  /// Takes each property as it is.
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
    /// The longest edge gets this length, the other one the next even length (`Idefics3ImageProcessor`).
    case longestEdge(Int)
  }

  /// What makes an image a square: the mean colour, rounded down, on both sides of its short edge.
  public enum Padding: Hashable, Sendable {
    /// Exactly a square, the odd pixel at the right or at the bottom: `LlavaImageProcessor`, LLaVA's `expand2square`.
    case square
    /// As much on both sides, so that an odd pixel is lacking: `LetterboxPad` of prismatic-vlms.
    case letterbox
  }

  /// The filter of the resize, antialiased.
  public enum Filter: Int, Hashable, Sendable, CaseIterable {
    // Pillow's numbers.
    case lanczos = 1
    case bilinear = 2
    case bicubic = 3
  }

  /// The mean colour that is first put around the image; nil: none.
  public let padding: Padding?
  /// A resize of the whole image before the other one, which costs sharpness and moves nothing; nil: none.
  public let firstResize: Resize?
  /// The resize; nil: none.
  public let resize: Resize?
  /// The filter of the resize.
  public let filter: Filter
  /// Height and width cut from the centre.
  public let crop: (height: Int, width: Int)?
  /// Multiplies the 8-bit values.
  public let rescale: Double
  /// Subtracted and divided by, per channel; nil: not normalised.
  public let mean: [Double]
  /// Divided by, per channel.
  public let std: [Double]

  /// Takes each property as it is.
  public init(
    padding: Padding? = nil, firstResize: Resize? = nil, resize: Resize?, filter: Filter = .bicubic,
    crop: (height: Int, width: Int)?,
    rescale: Double, mean: [Double], std: [Double]
  ) {
    self.padding = padding
    self.firstResize = firstResize
    self.resize = resize
    self.filter = filter
    self.crop = crop
    self.rescale = rescale
    self.mean = mean
    self.std = std
  }

  /// Equal in every part.
  public static func == (left: Self, right: Self) -> Bool {
    left.padding == right.padding && left.firstResize == right.firstResize
      && left.resize == right.resize && left.filter == right.filter
      && left.crop?.height == right.crop?.height
      && left.crop?.width == right.crop?.width
      && left.rescale == right.rescale && left.mean == right.mean && left.std == right.std
  }

  /// Consistent with `==`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(padding)
    hasher.combine(firstResize)
    hasher.combine(resize)
    hasher.combine(filter)
    hasher.combine(rescale)
    hasher.combine(mean)
    hasher.combine(std)
  }
}
