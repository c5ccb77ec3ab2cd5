import Catalog
import Tokenizers

/// The token ids around the image, and where they come from.
public struct ChosenPrompt: Hashable, Sendable {
  /// Where token ids come from.
  public enum Source: Hashable, Sendable {
    /// They were given as ids.
    case ids
    /// A text was given, which the model's tokenizer made ids of.
    case text(String)
    /// Nothing was given; the family's own text, or ids if the model has no tokenizer.
    case family(text: String?)
  }

  /// The ids; none behind the image where they could not influence it.
  public let ids: Prompt
  /// Where they come from.
  public let source: Source

  /// These ids; a side that is nil is the family's. Whether each can stand there is ``objection(to:facts:)``'s matter.
  public init(prefix: [Int]?, suffix: [Int]?, facts: ModelFacts) throws(PromptError) {
    guard suffix == nil || !facts.decoder.isCausal else {
      throw PromptError(
        "what stands behind the image cannot influence it in this model, whose attention is causal; leave it out")
    }
    let (takesPrefix, takesSuffix) = (prefix == nil, suffix == nil && !facts.decoder.isCausal)
    let family = takesPrefix || takesSuffix ? try Self.family(of: facts).ids : Prompt(prefix: [])
    let taken = Prompt(prefix: takesPrefix ? family.prefix : [], suffix: takesSuffix ? family.suffix : [])
    try Self.refuseUnknownWords(of: taken, facts)
    self.init(
      try Self.bounded(Prompt(prefix: prefix ?? taken.prefix, suffix: suffix ?? taken.suffix)), source: .ids)
  }

  /// The ids of `text`, which holds `<image>` once, by the tokenizer of `facts`' directory.
  public init(text: String, facts: ModelFacts) throws(PromptError) {
    guard let tokenizer = try Self.tokenizer(facts) else {
      throw PromptError(
        "\(facts.directory) holds neither tokenizer.json nor tokenizer.model, so text cannot become token ids; give the ids "
          + "themselves")
    }
    self.init(try Self.ids(text, tokenizer: tokenizer, facts: facts), source: .text(text))
  }

  /// The prompt of `facts`' family.
  public init(familyOf facts: ModelFacts) throws(PromptError) {
    let family = try Self.family(of: facts)
    try Self.refuseUnknownWords(of: family.ids, facts)
    self.init(family.ids, source: .family(text: family.text))
  }

  /// The family's prompt, and its text if that was made ids of; the ids may not be in the vocabulary.
  private static func family(of facts: ModelFacts) throws(PromptError) -> (ids: Prompt, text: String?) {
    if let text = facts.defaultPrompt, let tokenizer = try tokenizer(facts) {
      return (try ids(text, tokenizer: tokenizer, facts: facts), text)
    }
    if let ids = facts.defaultTokens { return (ids, nil) }
    throw PromptError(
      facts.defaultPrompt != nil
        ? "the prompt of a \(facts.decoder.kind.rawValue) decoder needs its tokenizer, and \(facts.directory) holds neither "
          + "tokenizer.json nor tokenizer.model"
        : "no prompt is known here for \(facts.family.rawValue) models with a \(facts.decoder.kind.rawValue) decoder")
  }

  private static func refuseUnknownWords(of family: Prompt, _ facts: ModelFacts) throws(PromptError) {
    guard (family.prefix + family.suffix).allSatisfy({ $0 < facts.decoder.vocabulary }) else {
      throw PromptError(
        "the vocabulary of \(facts.decoder.vocabulary) tokens does not hold the \(facts.family.rawValue) prompt")
    }
  }

  private init(_ ids: Prompt, source: Source) {
    self.ids = ids
    self.source = source
  }

  /// The text behind the image; nil if no text was given.
  public var textBehind: String? {
    guard case .text(let text) = source else { return nil }
    return ImagePrompt.textBehind(text)
  }

  /// Why `id` cannot stand around the image, as a sentence that begins with it; nil if it can.
  public static func objection(to id: Int, facts: ModelFacts) -> String? {
    if id == (try? ModelFacts.imageTokenID(directory: facts.directory)) {
      return "\(id) stands for the image itself; write only the ids around it"
    }
    return id < facts.decoder.vocabulary
      ? nil : "\(id) is not in the model's vocabulary of \(facts.decoder.vocabulary) tokens"
  }

  private static func tokenizer(_ facts: ModelFacts) throws(PromptError) -> Tokenizer? {
    do { return try Tokenizer(directory: facts.directory) } catch { throw PromptError(error.description) }
  }

  private static func ids(_ text: String, tokenizer: Tokenizer, facts: ModelFacts) throws(PromptError) -> Prompt {
    let frame = facts.family.imageFrame
    let sides: ImagePrompt
    do {
      sides = try ImagePrompt(
        text,
        frame: .init(
          before: frame.before, behind: frame.behind, end: frame.end, hasSpecialTokens: frame.hasSpecialTokens),
        tokenizer: tokenizer)
    } catch {
      throw PromptError(error.description)
    }
    let ids = try bounded(Prompt(prefix: sides.prefix, suffix: facts.decoder.isCausal ? [] : sides.suffix))
    for id in Set(ids.prefix + ids.suffix).sorted() {
      if let why = objection(to: id, facts: facts) {
        throw PromptError("holds \((tokenizer.piece(id) ?? "").debugDescription), but token id \(why)")
      }
    }
    return ids
  }

  private static func bounded(_ ids: Prompt) throws(PromptError) -> Prompt {
    guard ids.count <= ModelFacts.prefixLimit else {
      throw PromptError("\(ids.count) token ids stand around the image; at most \(ModelFacts.prefixLimit) may")
    }
    return ids
  }
}

/// Why a prompt cannot be used: one sentence for people.
public struct PromptError: Error, Equatable, CustomStringConvertible {
  /// One sentence.
  public let description: String
  init(_ description: String) { self.description = description }
}
