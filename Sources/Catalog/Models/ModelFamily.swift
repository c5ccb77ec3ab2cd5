extension ModelFacts {
  /// The ids that stand before the image in the family's own prompt; nil if the decoder is none of the LLaMAs whose tokenizer
  /// the ids are of.
  public var defaultPrefix: [Int]? {
    guard decoder.kind == .llama else { return nil }
    return switch family {
    // "<s>", "USER", ":", " " of llava-1.5-7b-hf's "USER: <image>\n".
    case .llava: [1, 3148, 1001, 29901, 29871]
    }
  }
}
