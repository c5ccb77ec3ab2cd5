import Testing

@testable import Tokenizers

struct ImagePromptTests {
  private let text = "USER: <image>\nWhat is in the picture? ASSISTANT:"

  @Test(
    "both sides of the image are transformers' ids of the whole text", arguments: ["llama", "qwen2", "sentencepiece"])
  func sides(_ name: String) throws {
    let index = try #require(Fixtures.expected.texts.firstIndex(of: text))
    let whole = try #require(Fixtures.expected.ids[name]?[index])
    let tokenizer = try Fixtures.tokenizer(name)
    let image = try #require(tokenizer.addedToken("<image>"))
    let prompt = try ImagePrompt(text, tokenizer: tokenizer)
    #expect(prompt.prefix + [image] + prompt.suffix == whole)
    #expect(!prompt.prefix.isEmpty && !prompt.suffix.isEmpty)
    #expect(ImagePrompt.textBehind(text) == "\nWhat is in the picture? ASSISTANT:")
  }

  @Test func `without a token for the image each side is encoded by itself`() throws {
    let tokenizer = try Fixtures.tokenizer("sentencepiece-plain")
    #expect(tokenizer.addedToken("<image>") == nil)
    let prompt = try ImagePrompt(text, tokenizer: tokenizer)
    #expect(prompt.prefix == tokenizer.encode("USER: "))
    #expect(prompt.suffix == tokenizer.encode("\nWhat is in the picture? ASSISTANT:"))
  }

  @Test("what a family writes around an image is encoded with it", arguments: ["smollm", "sentencepiece-plain"])
  func frame(_ name: String) throws {
    let tokenizer = try Fixtures.tokenizer(name)
    let prompt = try ImagePrompt("User:<image>x", frame: .init(before: "<a>", behind: "<b>"), tokenizer: tokenizer)
    #expect(prompt.prefix == tokenizer.encode("User:<a>"))
    #expect(prompt.suffix == tokenizer.encode("<b>x"))
  }

  @Test("the image stands in a prompt once", arguments: ["USER: ", "<image> and <image>", ""])
  func once(_ text: String) throws {
    let tokenizer = try Fixtures.tokenizer("llama")
    let error = #expect(throws: TokenizerError.self) { try ImagePrompt(text, tokenizer: tokenizer) }
    #expect(error?.description.hasPrefix("holds <image> \(text.contains("and") ? 2 : 0) times; write it once") == true)
  }

  @Test func `a directory without a tokenizer has none`() throws {
    #expect(try Tokenizer(directory: "\(Fixtures.folder)") == nil)
  }
}
