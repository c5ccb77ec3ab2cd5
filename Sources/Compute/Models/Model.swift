import Catalog

/// A multimodal LLM, mapped from its checkpoint and ready to run.
public struct Model: Sendable {
  /// What the checkpoint says of itself.
  public let facts: ModelFacts
  let vision: VisionTransformer
  let connector: Connector
  let decoder: LanguageModel

  /// Which patches make an image token.
  var tokenPatches: TokenPatches { TokenPatches(side: vision.side, scale: facts.connector.scale) }

  /// Maps the checkpoint in `directory`; weights are read when they are first used.
  ///
  /// Throws an error that names the file, key or tensor that is missing, damaged or not supported.
  public init(directory: String) throws {
    let facts = try ModelFacts(directory: directory)
    let checkpoint = try Checkpoint(directory: directory)
    try self.init(facts, from: checkpoint)
    try checkpoint.checkAllUsed()
  }

  /// The model that `facts` describe, of a checkpoint's tensors.
  init(_ facts: ModelFacts, from checkpoint: Checkpoint) throws {
    self.facts = facts
    vision =
      switch facts.vision.kind {
      case .clip:
        try .clip(facts.vision, from: checkpoint)
      case .siglip, .idefics3:
        try .siglip(facts.vision, from: checkpoint)
      case .dinov2, .dinov2WithRegisters:
        try .dinov2(facts.vision, from: checkpoint)
      }
    connector =
      switch facts.family {
      case .llava, .llavaNext, .llavaOnevision:
        try .llava(facts, from: checkpoint)
      case .idefics3, .smolvlm:
        try .idefics3(facts, from: checkpoint)
      case .paligemma:
        try .paligemma(facts, from: checkpoint)
      }
    let positions = ModelFacts.prefixLimit + facts.grid.tokens
    decoder =
      switch facts.decoder.kind {
      case .llama:
        try .llama(facts.decoder, positions: positions, from: checkpoint)
      case .mistral:
        try .mistral(facts.decoder, positions: positions, from: checkpoint)
      case .qwen2:
        try .qwen2(facts.decoder, positions: positions, from: checkpoint)
      case .qwen3:
        try .qwen3(facts.decoder, positions: positions, from: checkpoint)
      case .gemma:
        try .gemma(facts.decoder, positions: positions, from: checkpoint)
      }
  }

  /// The widest row that any product reads, for scratch memory.
  var widest: Int {
    ([
      decoder.hidden, decoder.intermediate, decoder.queryWidth, vision.hidden, vision.intermediate,
      vision.patches.inputs,
    ] + connector.layers.map(\.inputs)).max() ?? 0
  }
}
