import Catalog
import Tokenizers

/// What stands around the image, for people to check.
public struct PromptPlan: Hashable, Sendable, Codable {
  /// One token of the prompt.
  public struct Token: Hashable, Sendable, Codable {
    /// Its id.
    public let id: Int
    /// What it stands for, if the model directory has a tokenizer that can be read.
    public let piece: String?
  }

  /// Where the ids come from: `ids`, `prompt` or `family`.
  public let source: String
  /// The text that they were made of; nil for ids.
  public let text: String?
  /// The tokens before the image.
  public let prefix: [Token]
  /// Where the image stands.
  public let imageTokens: ImageTokens
  /// The tokens behind the image; none where they could not influence it.
  public let suffix: [Token]
  /// Whether a token sees only itself and what is before it; else all see each other.
  public let isCausal: Bool
  /// The text behind the image, where it cannot influence it; nil if none was given.
  public let textBehind: String?

  /// `prompt` around the image of `model`, whose directory's tokenizer names the pieces.
  public init(_ prompt: ChosenPrompt, _ model: Experiment.Model, _ facts: ModelFacts) {
    (source, text) =
      switch prompt.source {
      case .ids: ("ids", nil)
      case .text(let text): ("prompt", text)
      case .family(let text): ("family", text)
      }
    // Ids need no tokenizer, so one that cannot be read only leaves them without names.
    let tokenizer = try? Tokenizer(directory: model.directory)
    func tokens(_ ids: [Int]) -> [Token] { ids.map { Token(id: $0, piece: tokenizer?.piece($0)) } }
    prefix = tokens(prompt.ids.prefix)
    imageTokens = model.imageTokens
    suffix = tokens(prompt.ids.suffix)
    isCausal = facts.decoder.isCausal
    textBehind = isCausal ? prompt.textBehind.flatMap { $0.isEmpty ? nil : $0 } : nil
  }
}

extension PromptPlan {
  /// More tokens than this are counted.
  private static let shown = 64

  /// A sentence or three for a terminal.
  var sentences: String {
    let origin =
      switch source {
      case "ids": "the spec's token ids"
      case "prompt": "the spec's prompt"
      default: "the family's default" + (text.map { " \($0.debugDescription)" } ?? "")
      }
    let behind =
      textBehind.map { " \($0.debugDescription) stands behind the image and cannot influence it." } ?? ""
    let place = "The image's stand at positions \(imageTokens.first) to \(imageTokens.last)"
    return "Tokens before the image, from \(origin): \(Self.names(prefix)). \(place)"
      + (isCausal ? ".\(behind)" : "; behind them: \(Self.names(suffix)). All see each other.")
  }

  private static func names(_ tokens: [Token]) -> String {
    var names = tokens.prefix(shown).map { "\($0.id)" + ($0.piece.map { " \($0.debugDescription)" } ?? "") }
    if tokens.count > shown { names.append("and \(tokens.count - shown) more") }
    return names.isEmpty ? "none" : names.joined(separator: ", ")
  }
}
