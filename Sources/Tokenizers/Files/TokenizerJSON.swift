/// `tokenizer.json` of Hugging Face's tokenizers, as far as it is byte-pair encoding; everything else is refused by its name.
struct TokenizerJSON {
  let root: JSONEntry

  /// `added_tokens`, whose ids must be the ones that the library gives: the vocabulary's, or the next free one.
  func addedTokens(_ vocabulary: Vocabulary) throws(TokenizerError) -> [AddedTokens.Token] {
    let list = try root.at("added_tokens")
    guard !list.isNull else { return [] }
    var tokens: [AddedTokens.Token] = []
    var seen: Set<[UInt8]> = []
    var free = vocabulary.count
    for entry in try list.list(atMost: AddedTokens.limit) {
      let id = try entry.at("id").integer(in: 0..<Vocabulary.limit)
      let token = try AddedTokens.Token(entry, id: id)
      let expected = vocabulary[token.content] ?? free
      guard id == expected else {
        throw entry.error("gives \(token.content.debugDescription) the id \(id), but it would be read as \(expected)")
      }
      guard seen.insert(Array(token.content.utf8)).inserted else {
        throw entry.error("is \(token.content.debugDescription) a second time")
      }
      free = max(free, id + 1)
      tokens.append(token)
    }
    return tokens
  }

  /// A step, or those of a `Sequence` in `list`; `read` gives nil for a kind that it does not know.
  func steps<Step>(
    of key: String, list: String, _ read: (String, JSONEntry) throws(TokenizerError) -> [Step]?
  ) throws(TokenizerError) -> [Step] {
    let entry = try root.at(key)
    guard !entry.isNull else { return [] }
    let isSequence = try entry.at("type").text() == "Sequence"
    var steps: [Step] = []
    for part in isSequence ? try entry.at(list).list(atMost: 32) : [entry] {
      let kind = try part.at("type").text()
      guard let read = try read(kind, part) else {
        throw part.error("is of type \(kind), which is not supported by this version; give token ids instead of text")
      }
      steps += read
    }
    return steps
  }

  func normalizer() throws(TokenizerError) -> Normalizer {
    Normalizer(
      steps: try steps(of: "normalizer", list: "normalizers") { kind, entry throws(TokenizerError) in
        switch kind {
        case "NFC": return [.nfc]
        case "Prepend": return [.prepend(Array(try entry.at("prepend").text().unicodeScalars))]
        case "Replace":
          let old = try Self.literal(entry.at("pattern"))
          return [.replace(old, with: Array(try entry.at("content").text().unicodeScalars))]
        default: return nil
        }
      })
  }

  /// A pattern that is plain text.
  private static func literal(_ pattern: JSONEntry) throws(TokenizerError) -> [Unicode.Scalar] {
    let text = try pattern.at("String").optionalText() ?? ""
    guard !text.isEmpty else {
      throw pattern.error("is no plain text, which is not supported by this version; give token ids instead of text")
    }
    return Array(text.unicodeScalars)
  }

  func words() throws(TokenizerError) -> PreTokenizer {
    PreTokenizer(
      steps: try steps(of: "pre_tokenizer", list: "pretokenizers") { kind, entry throws(TokenizerError) in
        switch kind {
        case "ByteLevel":
          // The pattern sees the space that is put before.
          let usesPattern = try entry.at("use_regex").flag(default: true)
          let addsSpace = try entry.at("add_prefix_space").flag(default: true)
          return (addsSpace ? [.leadingSpace] : []) + (usesPattern ? [.pattern(.gpt2)] : []) + [.byteLevel]
        case "Digits":
          guard try entry.at("individual_digits").flag(default: false) else {
            throw entry.error(
              "keeps digits together, which is not supported by this version; give token ids instead of text")
          }
          return [.digits]
        case "Metaspace": return [try Self.metaspace(entry)]
        case "Split": return [try Self.split(entry)]
        default: return nil
        }
      })
  }

  private static func metaspace(_ entry: JSONEntry) throws(TokenizerError) -> PreTokenizer.Step {
    let mark = Array(try entry.at("replacement").text().unicodeScalars)
    guard mark.count == 1 else { throw try entry.at("replacement").error("is not one character") }
    guard try !entry.at("split").flag(default: true) else {
      throw entry.error("splits at spaces, which is not supported by this version; give token ids instead of text")
    }
    let addsSpace = try entry.at("add_prefix_space").flag(default: true)
    let scheme = try entry.at("prepend_scheme").optionalText() ?? (addsSpace ? "always" : "never")
    guard let front = PreTokenizer.Front(rawValue: scheme) else {
      throw try entry.at("prepend_scheme").error("is \(scheme.debugDescription), not always, first or never")
    }
    return .metaspace(mark[0], front)
  }

  private static func split(_ entry: JSONEntry) throws(TokenizerError) -> PreTokenizer.Step {
    let behavior = try entry.at("behavior").text()
    let pattern = try entry.at("pattern")
    let isInverted = try entry.at("invert").flag(default: false)
    if !isInverted, behavior == "MergedWithPrevious", try pattern.at("String").optionalText() == " " { return .spaces }
    let regex = try pattern.at("Regex")
    let text = regex.isNull ? try pattern.at("String").text() : try regex.text()
    guard !isInverted, behavior == "Isolated", let known = WordPattern(rawValue: text) else {
      throw entry.error(
        "cuts words by \(text) (\(behavior)\(isInverted ? ", inverted" : "")), which is none of the patterns of GPT-2, Qwen2 and "
          + "Llama 3; give token ids instead of text")
    }
    return .pattern(known)
  }

  /// What a `TemplateProcessing` puts before and behind one text.
  func specialTokens() throws(TokenizerError) -> SpecialTokens {
    let templates = try steps(of: "post_processor", list: "processors") {
      (kind, entry) throws(TokenizerError) -> [SpecialTokens]? in
      switch kind {
      case "ByteLevel": return []
      case "TemplateProcessing": return [try Self.template(entry)]
      default: return nil
      }
    }
    return templates.reduce(into: SpecialTokens()) {
      $0.before = $1.before + $0.before
      $0.behind += $1.behind
    }
  }

  private static func template(_ entry: JSONEntry) throws(TokenizerError) -> SpecialTokens {
    var before: [Int] = []
    var behind: [Int]?
    for part in try entry.at("single").list(atMost: 64) {
      if try !part.at("Sequence").isNull {
        guard behind == nil else { throw part.error("stands for the text a second time") }
        behind = []
        continue
      }
      let name = try part.at("SpecialToken").at("id").text()
      for id in try entry.at("special_tokens").at(name).at("ids").list(atMost: 64) {
        let id = try id.integer(in: 0..<Vocabulary.limit)
        if behind == nil { before.append(id) } else { behind?.append(id) }
      }
    }
    guard let behind else { throw try entry.at("single").error("does not hold the text") }
    return SpecialTokens(before: before, behind: behind)
  }
}

extension Tokenizer {
  init(_ json: TokenizerJSON, config: TokenizerConfig) throws(TokenizerError) {
    model = try BytePairModel(try json.root.at("model"))
    normalizer = try json.normalizer()
    words = try json.words()
    template = try json.specialTokens()
    let tokens = try json.addedTokens(model.vocabulary)
    added = AddedTokens(tokens, normalizer: normalizer)
    spelling = words.isByteLevel ? .bytes : .characters
    for name in try config.named() + config.addedTokens().map(\.content) where added.id(of: name) == nil {
      throw TokenizerError(
        "\(config.file) names the token \(name.debugDescription), which is none of the added_tokens of \(json.root.file)"
      )
    }
  }
}
