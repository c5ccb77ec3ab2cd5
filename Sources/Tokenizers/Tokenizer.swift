/// From text to token ids, as transformers has it for the same files.
///
/// A text is cut at added tokens; what lies between is normalised, cut into words, and each word becomes ids by merging byte
/// pairs. Special tokens come before and behind.
public struct Tokenizer: Sendable {
  let added: AddedTokens
  let normalizer: Normalizer
  let words: PreTokenizer
  let model: BytePairModel
  let template: SpecialTokens
  let spelling: Spelling

  /// How the vocabulary writes a text's bytes.
  enum Spelling: Sendable {
    /// Each byte by a visible character (GPT-2).
    case bytes
    /// Characters as they are, spaces as ▁ (SentencePiece).
    case characters
  }

  /// The ids of `text`; with `specialTokens` also those that every text begins and ends with, such as `<s>`.
  public func encode(_ text: String, specialTokens: Bool = true) -> [Int] {
    var ids = specialTokens ? template.before : []
    var isFirst = true
    for part in added.parts(of: Array(text.unicodeScalars), normalizer: normalizer) {
      switch part {
      case .token(let id): ids.append(id)
      case .text(let scalars):
        for word in words.words(of: scalars, isFirst: isFirst) { ids += model.encode(word) }
      }
      isFirst = false
    }
    return specialTokens ? ids + template.behind : ids
  }

  /// The added token that is written as `text`; nil if there is none.
  public func addedToken(_ text: String) -> Int? { added.id(of: text) }

  /// What id `id` stands for: text where its bytes are text, otherwise as the vocabulary writes it; nil if no token has it.
  public func piece(_ id: Int) -> String? {
    if let content = added.content(of: id) { return content }
    guard let piece = model.vocabulary.piece(id) else { return nil }
    return spelling == .bytes ? ByteAlphabet.text(piece) ?? piece : piece
  }
}
