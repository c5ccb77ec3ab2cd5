import Testing

@testable import Tokenizers

struct BytePairTests {
  /// Merges the first pair of least rank, again and again.
  private func plain(_ word: [Int], _ model: BytePairModel) -> [Int] {
    var word = word
    while true {
      let ranks = word.indices.dropLast().map { model.merges[.init(left: word[$0], right: word[$0 + 1])] }
      let best = ranks.indices.filter { ranks[$0] != nil }.min { (ranks[$0]?.rank ?? 0) < (ranks[$1]?.rank ?? 0) }
      guard let best, let merge = ranks[best] else { return word }
      word.replaceSubrange(best...best + 1, with: [merge.id])
    }
  }

  @Test func `merging by a heap is merging the first pair of least rank until none is left`() throws {
    let model = try Fixtures.tokenizer("llama").model
    var generator = SystemRandomNumberGenerator()
    let letters = Array("▁▁aeiourstnlUSER12好".unicodeScalars)
    for _ in 0..<500 {
      let word = (0..<Int.random(in: 1...40, using: &generator)).map { _ in letters[Int.random(in: 0..<letters.count)] }
      let symbols = word.flatMap { scalar in
        model.vocabulary[String(scalar)].map { [$0] } ?? [scalar].utf8.compactMap { model.byteFallback?[Int($0)] }
      }
      #expect(model.encode(word) == plain(symbols, model), "\(String(String.UnicodeScalarView(word)))")
    }
  }

  @Test func `every byte has its own visible character, and pieces read as text`() throws {
    #expect(Set(ByteAlphabet.scalars).count == 256)
    #expect(ByteAlphabet.spell(Array(" a\né".unicodeScalars)) == Array("ĠaĊÃ©".unicodeScalars))
    #expect(ByteAlphabet.text("ĠaĊÃ©") == " a\né")
    #expect(ByteAlphabet.text("Ã") == nil)
    let tokenizer = try Fixtures.tokenizer("gpt2")
    let ids = tokenizer.encode(" <image>the road")
    #expect(ids.compactMap(tokenizer.piece).joined() == " <image>the road")
    #expect(tokenizer.piece(100_000) == nil)
  }

  @Test func `180,000 characters are one word, and take no quadratic time`() throws {
    let tokenizer = try Fixtures.tokenizer("sentencepiece")
    let text = String(repeating: "the road ", count: 20_000)
    let time = ContinuousClock().measure { #expect(tokenizer.encode(text).count > 20_000) }
    #expect(time < .seconds(60))
  }
}
