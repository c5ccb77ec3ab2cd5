import Foundation
import Testing

@testable import Tokenizers

/// The tokenizers of `tools/make_tokenizer_fixtures.py`, and what transformers makes of its texts.
enum Fixtures {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/tokenizers").path

  struct Expected: Decodable {
    let texts: [String]
    let ids: [String: [[Int]]]
    let words: [String: [[Int]]]
  }

  static let expected: Expected = {
    let file = URL(fileURLWithPath: "\(folder)/expected.json")
    guard let data = try? Data(contentsOf: file), let expected = try? JSONDecoder().decode(Expected.self, from: data)
    else {
      fatalError("\(file.path) cannot be read; tools/make_tokenizer_fixtures.py makes it again")
    }
    return expected
  }()

  static let names = expected.ids.keys.sorted()

  static func tokenizer(_ name: String) throws -> Tokenizer {
    try #require(try Tokenizer(directory: "\(folder)/\(name)"))
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")))
  }
}

struct FixtureTests {
  @Test("a text's ids are transformers'", arguments: Fixtures.names)
  func ids(_ name: String) throws {
    let tokenizer = try Fixtures.tokenizer(name)
    let expected = try #require(Fixtures.expected.ids[name])
    try #require(Fixtures.expected.texts.count == expected.count && expected.count >= 300)
    for (text, ids) in zip(Fixtures.expected.texts, expected) {
      #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
    }
  }

  @Test("a text's words are those of the tokenizers library", arguments: Fixtures.expected.words.keys.sorted())
  func words(_ name: String) throws {
    let tokenizer = try Fixtures.tokenizer(name)
    let expected = try #require(Fixtures.expected.words[name])
    for (text, ends) in zip(Fixtures.expected.texts, expected) {
      // Words in the byte alphabet, so an end is counted in bytes.
      let words = tokenizer.words.words(of: Array(text.unicodeScalars), isFirst: true)
      let found = words.reduce(into: [Int]()) { $0.append(($0.last ?? 0) + $1.count) }
      #expect((text.isEmpty ? [] : found) == ends, "\(text.debugDescription)")
    }
  }
}
