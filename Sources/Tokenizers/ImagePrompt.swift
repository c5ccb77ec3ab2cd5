/// A prompt's token ids on both sides of its image.
public struct ImagePrompt: Hashable, Sendable {
  /// What stands for the image in a prompt's text.
  public static let placeholder = "<image>"

  /// The ids before the image, with the special tokens that every text begins with.
  public let prefix: [Int]
  /// The ids behind the image, with the special tokens that every text ends with.
  public let suffix: [Int]

  /// What a model's processor writes around an image and its text.
  public struct Frame: Hashable, Sendable {
    let before: String
    let behind: String
    let end: String
    let hasSpecialTokens: Bool

    /// `before` and `behind` stand directly around the image, `end` at the text's end; `hasSpecialTokens` says whether the
    /// tokenizer's own special tokens come around all of it.
    public init(before: String = "", behind: String = "", end: String = "", hasSpecialTokens: Bool = true) {
      self.before = before
      self.behind = behind
      self.end = end
      self.hasSpecialTokens = hasSpecialTokens
    }
  }

  /// Encodes `text`, which must hold ``placeholder`` exactly once, in its frame.
  ///
  /// If the placeholder is one of the tokenizer's added tokens, the whole text is encoded and cut there, as transformers does;
  /// otherwise each side is encoded by itself, as LLaVA's own code does.
  public init(
    _ text: String, frame: Frame = Frame(), tokenizer: Tokenizer
  ) throws(TokenizerError) {
    let sides = Self.sides(of: text)
    guard sides.count == 2 else {
      throw TokenizerError(
        "holds \(Self.placeholder) \(sides.count - 1) times; write it once, where the image stands among the text")
    }
    let (before, behind) = (sides[0] + frame.before, frame.behind + sides[1] + frame.end)
    guard let token = tokenizer.addedToken(Self.placeholder) else {
      let around = frame.hasSpecialTokens ? tokenizer.template : SpecialTokens()
      prefix = around.before + tokenizer.encode(before, specialTokens: false)
      suffix = tokenizer.encode(behind, specialTokens: false) + around.behind
      return
    }
    let ids = tokenizer.encode(before + Self.placeholder + behind, specialTokens: frame.hasSpecialTokens)
    guard let cut = ids.firstIndex(of: token), ids[(cut + 1)...].firstIndex(of: token) == nil else {
      throw TokenizerError(
        "does not keep \(Self.placeholder) apart: the tokenizer reads it as a part of another token; write other text around it"
      )
    }
    prefix = Array(ids[..<cut])
    suffix = Array(ids[(cut + 1)...])
  }

  /// What stands behind the image in `text`; nil unless it holds the placeholder exactly once.
  public static func textBehind(_ text: String) -> String? {
    let sides = sides(of: text)
    return sides.count == 2 ? sides[1] : nil
  }

  /// A text cut at every placeholder, compared scalar by scalar.
  private static func sides(of text: String) -> [String] {
    let mark = Array(placeholder.unicodeScalars)
    var sides = [String.UnicodeScalarView()]
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.first {
      if rest.starts(with: mark) {
        sides.append(String.UnicodeScalarView())
        rest = rest.dropFirst(mark.count)
      } else {
        sides[sides.count - 1].append(scalar)
        rest = rest.dropFirst()
      }
    }
    return sides.map { String($0) }
  }
}
