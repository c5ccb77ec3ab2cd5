import Foundation
import Tokenizers

/// A model's tokenizer, from either file. What loads has to encode any text.
extension FuzzTarget {
  static let prompts = [
    FuzzTarget(name: "tokenizer-json") {
      try tokenizers(with: "tokenizer.json")
    } read: { data in
      try encode(Tokenizer(json: Array(data), config: nil, directory: "model"))
    },
    FuzzTarget(name: "tokenizer-model") {
      try tokenizers(with: "tokenizer.model")
    } read: { data in
      let config = Array(#"{"add_bos_token": true}"#.utf8)
      try encode(Tokenizer(sentencePiece: Array(data), config: config, directory: "model"))
    },
    FuzzTarget(name: "prompt-text") {
      ["USER: <image>\nWhat?", "<image>", "ein \u{301}✨ <s> <image>"].map { Data($0.utf8) }
    } read: { data in
      guard let tokenizer else { return }
      let text = String(decoding: data, as: UTF8.self)
      _ = tokenizer.encode(text)
      _ = try ImagePrompt(text, tokenizer: tokenizer)
    },
  ]

  private static let tokenizer = try? Tokenizer(directory: Fixtures.path("tokenizers/llama3"))

  private static func tokenizers(with file: String) throws -> [Data] {
    try FileManager.default.contentsOfDirectory(atPath: Fixtures.path("tokenizers")).sorted()
      .compactMap { try? Fixtures.data("tokenizers/\($0)/\(file)") }
  }

  private static func encode(_ tokenizer: Tokenizer) throws {
    for id in tokenizer.encode("The <s> quick, ünïcode 12345\n\t✨ <image> text") { _ = tokenizer.piece(id) }
  }
}
