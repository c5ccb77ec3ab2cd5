import Foundation
import Testing

@testable import Tokenizers

/// A generator whose draws are the same in every run.
private struct Draws: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

struct DamagedFileTests {
  private func sentence(json: String, config: String? = nil) -> String {
    do {
      _ = try Tokenizer(json: Array(json.utf8), config: config.map { Array($0.utf8) }, directory: "DIR")
      return "no error"
    } catch { return error.description }
  }

  /// A whole tokenizer.json with one part replaced.
  private func json(
    vocab: String = #"{"a":0,"b":1,"ab":2}"#, merges: String = #"[["a","b"]]"#, model: String = "", rest: String = ""
  ) -> String {
    #"{"model":{"type":"BPE","vocab":\#(vocab),"merges":\#(merges)\#(model)}\#(rest)}"#
  }

  @Test func `a file that is cut off anywhere is refused by its name`() throws {
    let bytes = try Fixtures.bytes("llama/tokenizer.json")
    for end in stride(from: 0, to: bytes.count - 2, by: 97) {
      #expect(throws: TokenizerError.self) {
        try Tokenizer(json: Array(bytes[..<end]), config: nil, directory: "DIR")
      }
    }
    #expect(sentence(json: "{\"model\": ") == "DIR/tokenizer.json is not valid JSON: it is cut off, at byte 10")
    let model = try Fixtures.bytes("sentencepiece/tokenizer.model")
    let config = try Fixtures.bytes("sentencepiece/tokenizer_config.json")
    for end in stride(from: 0, to: model.count - 2, by: 41) {
      let error = #expect(throws: TokenizerError.self) {
        try Tokenizer(sentencePiece: Array(model[..<end]), config: config, directory: "DIR")
      }
      #expect(error?.description.hasPrefix("DIR/tokenizer") == true)
    }
  }

  @Test(
    "damaged bytes make an error or a tokenizer, never a trap", arguments: ["gpt2", "llama", "llama3", "sentencepiece"])
  func damaged(_ name: String) throws {
    let isJSON = name != "sentencepiece"
    let bytes = try Fixtures.bytes("\(name)/tokenizer.\(isJSON ? "json" : "model")")
    let config = try Fixtures.bytes("\(name)/tokenizer_config.json")
    var draws = Draws(state: 1)
    for _ in 0..<60 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...3, using: &draws) {
        damaged[Int.random(in: 0..<damaged.count, using: &draws)] = UInt8.random(in: 0...255, using: &draws)
      }
      let tokenizer =
        isJSON
        ? try? Tokenizer(json: damaged, config: config, directory: "DIR")
        : try? Tokenizer(sentencePiece: damaged, config: config, directory: "DIR")
      for id in tokenizer?.encode("USER: <image>\ncafé 😀") ?? [] { _ = tokenizer?.piece(id) }
    }
  }

  @Test func `wrong types, missing parts and huge counts are named`() {
    let file = "DIR/tokenizer.json"
    #expect(sentence(json: "[]") == "\(file) is a list, not an object")
    #expect(sentence(json: "{}") == "\(file): model is null, not an object")
    #expect(sentence(json: json(vocab: "[]")) == "\(file): model.vocab is a list, not an object")
    #expect(sentence(json: json(merges: "{}")) == "\(file): model.merges is an object, not a list")
    #expect(sentence(json: json(merges: #"["a b c"]"#)) == "\(file): model.merges holds at 0 what is not two pieces")
    #expect(sentence(json: json(merges: #"[["a","c"]]"#)).contains(#"joins at 0 "a" and "c""#))
    for id in ["1e300", "-1", "0.5", "4000000", "\"1\""] {
      #expect(sentence(json: json(vocab: "{\"a\":\(id)}")).contains(#"model.vocab gives "a" no id below 4000000"#))
    }
    #expect(sentence(json: json(vocab: #"{"a":0,"a":1}"#)) == #"\#(file): model.vocab holds "a" twice"#)
    #expect(sentence(json: json(model: #","unk_token":"?""#)) == "\(file): model.unk_token is not in the vocabulary")
    #expect(sentence(json: json(model: #","dropout":0.5"#)).contains("model.dropout is set, but random merging"))
    #expect(sentence(json: json(rest: #","added_tokens":[{"id":7,"content":"<x>"}]"#)).contains("would be read as 3"))
    #expect(sentence(json: json(rest: #","added_tokens":[{"id":3,"content":""}]"#)).contains("content is empty"))
    let deep = String(repeating: "[", count: 100_000)
    #expect(sentence(json: "{\"model\":\(deep)").contains("nested more than 64 deep"))
    #expect(sentence(json: "{\"a\":\"\\ud83d\"}").contains("half of a surrogate pair"))
    #expect(sentence(json: json(), config: #"{"bos_token":"<s>"}"#).contains(#"names the token "<s>", which is none"#))
    #expect(
      sentence(json: json(), config: #"{"split_special_tokens":true}"#).contains("DIR/tokenizer_config.json: split"))
    #expect(sentence(json: json()) == "no error")
  }

  @Test func `what this version does not do is refused by its name, a pattern with its text`() {
    #expect(sentence(json: #"{"model":{"type":"Unigram"}}"#).contains("model is Unigram, but only BPE"))
    #expect(sentence(json: json(rest: #","normalizer":{"type":"NFKC"}"#)).contains("normalizer is of type NFKC"))
    let split =
      #","pre_tokenizer":{"type":"Split","pattern":{"Regex":"\\p{N}{1,2}"},"behavior":"Isolated","invert":false}"#
    #expect(sentence(json: json(rest: split)).contains(#"cuts words by \p{N}{1,2} (Isolated)"#))
    let roberta = #","post_processor":{"type":"RobertaProcessing"}"#
    #expect(sentence(json: json(rest: roberta)).contains("post_processor is of type RobertaProcessing"))
    let metaspace = #","pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}"#
    #expect(sentence(json: json(rest: metaspace)).contains("pre_tokenizer splits at spaces"))
  }

  @Test func `merges that lead back to themselves end`() throws {
    let vocab = #"{"":0,"a":1,"b":2,"aa":3,"ab":4,"ba":5,"aba":6}"#
    let merges = #"[["","a"],["a",""],["",""],["a","a"],["a","b"],["b","a"],["ab","a"],["a","ba"]]"#
    let text = Array(json(vocab: vocab, merges: merges).utf8)
    let tokenizer = try Tokenizer(json: text, config: nil, directory: "DIR")
    #expect(tokenizer.encode("aababa") == [3, 5, 5] || tokenizer.encode("aababa").count < 6)
    #expect(tokenizer.encode(String(repeating: "a", count: 100_001)).count == 50_001)
  }

  @Test func `pieces are compared byte by byte, not as Swift compares texts`() throws {
    let vocab = "{\"\u{e9}\":0,\"e\u{301}\":1,\"e\":2,\"\u{301}\":3}"
    let text = Array(json(vocab: vocab, merges: "[[\"e\",\"\u{301}\"]]").utf8)
    let tokenizer = try Tokenizer(json: text, config: nil, directory: "DIR")
    #expect(tokenizer.encode("\u{e9}e\u{301}") == [0, 1])
  }

  @Test func `a SentencePiece model that its two readers would read differently is refused`() throws {
    let model = try Fixtures.bytes("sentencepiece/tokenizer.model")
    func sentence(_ model: [UInt8], config: String) -> String {
      do {
        _ = try Tokenizer(sentencePiece: model, config: Array(config.utf8), directory: "DIR")
        return "no error"
      } catch { return error.description }
    }
    let bos = #"{"add_bos_token":true}"#
    #expect(sentence(model, config: bos) == "no error")
    // Fields of a message that stands a second time are read into the first.
    #expect(sentence(model + [0x1A, 2, 0x20, 1], config: bos).contains("tokenizer.model removes repeated spaces"))
    #expect(sentence(model + [0x1A, 2, 0x18, 0], config: bos).contains("puts no space before a text"))
    #expect(sentence(model + [0x1A, 3, 0x12, 1, 65], config: bos).contains("changes characters"))
    #expect(sentence(model + [0x12, 2, 0x18, 1], config: bos).contains("is not byte-pair encoding"))
    #expect(sentence(model, config: "{}").contains("tokenizer_config.json: add_bos_token is missing"))
    #expect(sentence(model, config: #"{"tokenizer_class":"T5Tokenizer"}"#).contains("tokenizer_class is T5Tokenizer"))
    #expect(
      sentence(model, config: #"{"add_bos_token":true,"pad_token":"<pad>"}"#).contains(#"names the token "<pad>""#))
  }
}
