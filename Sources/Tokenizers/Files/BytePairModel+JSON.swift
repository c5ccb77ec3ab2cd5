extension BytePairModel {
  /// `model` of `tokenizer.json`.
  init(_ entry: JSONEntry) throws(TokenizerError) {
    let kind = try entry.at("type").optionalText() ?? "without a type"
    guard kind == "BPE" else {
      throw entry.error("is \(kind), but only BPE is supported by this version; give token ids instead of text")
    }
    try entry.at("dropout").mustBeOff("random merging")
    try entry.at("continuing_subword_prefix").mustBeOff("a prefix of pieces within words")
    try entry.at("end_of_word_suffix").mustBeOff("a suffix of pieces that end words")
    let vocabulary = try Self.vocabulary(entry.at("vocab"))
    let unknownPiece = try entry.at("unk_token").optionalText()
    let unknown = unknownPiece.flatMap { vocabulary[$0] }
    guard unknownPiece == nil || unknown != nil else {
      throw try entry.at("unk_token").error("is not in the vocabulary")
    }
    self.init(
      vocabulary: vocabulary, merges: try Self.merges(entry.at("merges"), vocabulary), unknown: unknown,
      fusesUnknown: try entry.at("fuse_unk").flag(default: false),
      byteFallback: try entry.at("byte_fallback").flag(default: false),
      takesWholeWords: try entry.at("ignore_merges").flag(default: false))
  }

  private static func vocabulary(_ entry: JSONEntry) throws(TokenizerError) -> Vocabulary {
    guard case .object(let entries) = entry.value else { throw entry.error("is \(entry.value.kind), not an object") }
    guard entries.count <= Vocabulary.limit else {
      throw entry.error("holds \(entries.count) pieces; at most \(Vocabulary.limit) are read")
    }
    var ids: [[UInt8]: Int] = [:]
    ids.reserveCapacity(entries.count)
    for (piece, value) in entries {
      guard case .number(let number) = value, let id = Int(exactly: number), (0..<Vocabulary.limit).contains(id) else {
        throw entry.error(
          "gives \(String(decoding: piece, as: UTF8.self).debugDescription) no id below \(Vocabulary.limit)")
      }
      guard ids.updateValue(id, forKey: piece) == nil else {
        throw entry.error("holds \(String(decoding: piece, as: UTF8.self).debugDescription) twice")
      }
    }
    return Vocabulary(ids)
  }

  /// Merges as `["a", "b"]`, or as `"a b"` in older files.
  private static func merges(_ entry: JSONEntry, _ vocabulary: Vocabulary) throws(TokenizerError) -> [Pair: Merge] {
    guard case .list(let items) = entry.value else { throw entry.error("is \(entry.value.kind), not a list") }
    guard items.count <= Vocabulary.limit else {
      throw entry.error("holds \(items.count) merges; at most \(Vocabulary.limit) are read")
    }
    var merges: [Pair: Merge] = [:]
    merges.reserveCapacity(items.count)
    for (rank, item) in items.enumerated() {
      guard let (left, right) = halves(item) else {
        throw entry.error("holds at \(rank) what is not two pieces")
      }
      guard let leftID = vocabulary[left], let rightID = vocabulary[right], let id = vocabulary[left + right] else {
        throw entry.error(
          "joins at \(rank) \(String(decoding: left, as: UTF8.self).debugDescription) and "
            + "\(String(decoding: right, as: UTF8.self).debugDescription), which with what they become are not all in the vocabulary"
        )
      }
      merges[Pair(left: leftID, right: rightID)] = Merge(rank: rank, id: id)
    }
    return merges
  }

  private static func halves(_ item: JSONValue) -> (left: [UInt8], right: [UInt8])? {
    switch item {
    case .list(let items):
      guard items.count == 2, case .text(let left) = items[0], case .text(let right) = items[1] else { return nil }
      return (left, right)
    case .text(let text):
      let parts = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      return parts.count == 2 ? (Array(parts[0]), Array(parts[1])) : nil
    default: return nil
    }
  }
}
