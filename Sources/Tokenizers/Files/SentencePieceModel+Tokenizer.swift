extension SentencePieceModel {
  /// The byte-pair model that transformers makes of the pieces: every split of a piece into two is a merge, ranked by the
  /// piece's id, then by how short the left one is.
  func bytePairs() throws(TokenizerError) -> BytePairModel {
    let ids = Dictionary(pieces.enumerated().map { ($1.text, $0) }, uniquingKeysWith: { _, last in last })
    let vocabulary = Vocabulary(ids)
    let missing = BytePairModel.bytePieces.first { vocabulary[$0] == nil }
    if let missing {
      throw TokenizerError(
        "\(file) has no piece \(missing), so some characters would be left out; give token ids instead of text")
    }
    var merges: [BytePairModel.Pair: BytePairModel.Merge] = [:]
    var rank = 0
    for (id, piece) in pieces.enumerated() where ids[piece.text] == id {
      // Only between characters.
      for cut in piece.text.indices.dropFirst() where piece.text[cut] & 0xC0 != 0x80 {
        guard let left = ids[Array(piece.text[..<cut])], let right = ids[Array(piece.text[cut...])] else { continue }
        merges[BytePairModel.Pair(left: left, right: right)] = BytePairModel.Merge(rank: rank, id: id)
        rank += 1
      }
    }
    return BytePairModel(
      vocabulary: vocabulary, merges: merges, unknown: nil, fusesUnknown: true, byteFallback: true,
      takesWholeWords: false)
  }
}

extension Tokenizer {
  /// transformers' LlamaTokenizer over `sentencePiece`.
  init(_ sentencePiece: SentencePieceModel, config: TokenizerConfig) throws(TokenizerError) {
    let kind = try config.at("tokenizer_class").optionalText() ?? "LlamaTokenizer"
    guard ["LlamaTokenizer", "LlamaTokenizerFast"].contains(kind) else {
      throw try config.at("tokenizer_class").error(
        "is \(kind), which is read from a tokenizer.json only; give it one, or token ids instead of text")
    }
    model = try sentencePiece.bytePairs()
    normalizer = Normalizer(steps: [])
    let addsSpace = try config.at("add_prefix_space").flag(default: true)
    let isLegacy = try config.at("legacy").flag(default: false)
    words = PreTokenizer(steps: [.metaspace("▁", addsSpace ? isLegacy ? .always : .first : .never)])
    spelling = .characters

    let bos = try Self.named("bos_token", default: "<s>", config)
    let eos = try Self.named("eos_token", default: "</s>", config)
    let unk = try Self.named("unk_token", default: "<unk>", config)
    var tokens: [AddedTokens.Token] = []
    var seen: Set<[UInt8]> = []
    var free = model.vocabulary.count
    for token in try config.addedTokens() {
      let expected = model.vocabulary[token.content] ?? free
      guard token.id == expected else {
        throw try config.at("added_tokens_decoder").error(
          "gives \(token.content.debugDescription) the id \(token.id), but it would be read as \(expected)")
      }
      free = max(free, token.id + 1)
      if seen.insert(Array(token.content.utf8)).inserted { tokens.append(token) }
    }
    let own = sentencePiece.pieces.filter(\.isAdded).map { String(decoding: $0.text, as: UTF8.self) }
    for name in try own + [bos, eos, unk].compactMap(\.self) + config.named() {
      guard !seen.contains(Array(name.utf8)) else { continue }
      guard let id = model.vocabulary[name] else {
        throw TokenizerError(
          "\(config.file) names the token \(name.debugDescription), which is neither in \(sentencePiece.file) nor in "
            + "added_tokens_decoder")
      }
      seen.insert(Array(name.utf8))
      tokens.append(AddedTokens.Token(id: id, content: name))
    }
    let added = AddedTokens(tokens, normalizer: normalizer)
    self.added = added

    let addsBOS = try config.at("add_bos_token")
    guard !addsBOS.isNull else {
      throw addsBOS.error(
        "is missing; write true or false, for versions of transformers differ in what they take for granted")
    }
    func id(of name: String?, if adds: Bool) -> [Int] {
      adds ? name.flatMap { added.id(of: $0) }.map { [$0] } ?? [] : []
    }
    template = SpecialTokens(
      before: id(of: bos, if: try addsBOS.flag(default: false)),
      behind: id(of: eos, if: try config.at("add_eos_token").flag(default: false)))
  }

  /// A special token's text; nil if the config says null, the default if it says nothing.
  private static func named(
    _ key: String, default fallback: String, _ config: TokenizerConfig
  ) throws(TokenizerError) -> String? {
    let entry = try config.at(key)
    return entry.isNull ? fallback : try TokenizerConfig.content(entry)
  }
}
