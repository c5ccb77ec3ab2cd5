extension ModelFamily {
  /// The ids that stand before the image in the family's own prompt.
  public var defaultPrefix: [Int] {
    switch self {
    // "<s>", "USER", ":", " " of llava-1.5-7b-hf's "USER: <image>\n".
    case .llava: [1, 3148, 1001, 29901, 29871]
    }
  }
}
