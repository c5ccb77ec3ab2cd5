/// `tokenizer_config.json`: what transformers adds to the tokenizer's own file.
struct TokenizerConfig {
  private let root: JSONEntry

  var file: String { root.file }

  /// An empty one if `bytes` is nil.
  init(_ bytes: [UInt8]?, file: String) throws(TokenizerError) {
    let value = try bytes.map { bytes throws(TokenizerError) in try JSONParser.parse(bytes, file: file) }
    root = JSONEntry(file: file, key: "", value: value ?? .object([]))
    try root.at("split_special_tokens").mustBeOff("to read special tokens as plain text")
  }

  func at(_ name: String) throws(TokenizerError) -> JSONEntry { try root.at(name) }

  /// `added_tokens_decoder`: tokens by id.
  func addedTokens() throws(TokenizerError) -> [AddedTokens.Token] {
    let decoder = try root.at("added_tokens_decoder")
    guard !decoder.isNull else { return [] }
    let entries = try decoder.entries()
    guard entries.count <= AddedTokens.limit else {
      throw decoder.error("holds \(entries.count) tokens; at most \(AddedTokens.limit) are read")
    }
    var tokens: [AddedTokens.Token] = []
    for (name, entry) in entries {
      guard let id = Int(String(decoding: name, as: UTF8.self)), (0..<Vocabulary.limit).contains(id) else {
        throw decoder.error("names a token by what is no id")
      }
      tokens.append(try AddedTokens.Token(entry, id: id))
    }
    return tokens.sorted { $0.id < $1.id }
  }

  /// The tokens of `bos_token`, `image_token` and the like, and of the lists of special ones.
  func named() throws(TokenizerError) -> [String] {
    var names: [String] = []
    for (name, entry) in try root.entries() where !entry.isNull {
      let key = String(decoding: name, as: UTF8.self)
      switch entry.value {
      case .text where key.hasSuffix("_token"), .object where key.hasSuffix("_token"):
        names.append(try Self.content(entry))
      case .list where ["extra_special_tokens", "additional_special_tokens"].contains(key):
        for item in try entry.list(atMost: AddedTokens.limit) { names.append(try Self.content(item)) }
      case .object where key == "extra_special_tokens":
        for (_, item) in try entry.entries() { names.append(try Self.content(item)) }
      default: continue
      }
    }
    return names
  }

  /// A token's text, also where its properties stand beside it.
  static func content(_ entry: JSONEntry) throws(TokenizerError) -> String {
    if case .object = entry.value { return try entry.at("content").text() }
    return try entry.text()
  }
}

extension AddedTokens.Token {
  /// An entry of `added_tokens` or `added_tokens_decoder`.
  init(_ entry: JSONEntry, id: Int) throws(TokenizerError) {
    let content = try entry.at("content").text()
    guard !content.isEmpty else { throw try entry.at("content").error("is empty") }
    let isSpecial = try entry.at("special").flag(default: false)
    self.init(
      id: id, content: content, takesSpacesBefore: try entry.at("lstrip").flag(default: false),
      takesSpacesBehind: try entry.at("rstrip").flag(default: false),
      isWord: try entry.at("single_word").flag(default: false),
      isNormalized: try entry.at("normalized").flag(default: !isSpecial))
  }
}
