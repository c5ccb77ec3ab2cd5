/// Why a tokenizer cannot be used, or a text cannot become ids: one sentence that names the file and what is wrong with it.
public struct TokenizerError: Error, Equatable, CustomStringConvertible {
  /// One sentence for people.
  public let description: String
  init(_ description: String) { self.description = description }
}
