import Catalog
import Foundation
import Testing

@testable import Coordinator

struct PromptSpecTests {
  private let workspace: SpecWorkspace
  private let bare = SpecWorkspace.base.replacingOccurrences(of: "prefix_token_ids: [1, 4]\n", with: "")

  init() throws {
    workspace = try SpecWorkspace()
    try useDecoder("llama")
  }

  /// A vocabulary as large as the fixtures', and 460 for the image.
  private func useDecoder(_ kind: String, vocabulary: Int = 500) throws {
    let file = "\(workspace.folder)/model/config.json"
    let config = try #require(FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) })
    try workspace.write(
      "model/config.json",
      config.replacing(/"vocab_size": \d+/, with: "\"vocab_size\": \(vocabulary)")
        .replacing(/"image_token_index": \d+/, with: "\"image_token_index\": 460")
        .replacing(/"text_config": {"model_type": "\w+"/, with: "\"text_config\": {\"model_type\": \"\(kind)\""))
  }

  private func useTokenizer(_ name: String) throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/tokenizers/\(name)").path
    for file in try FileManager.default.contentsOfDirectory(atPath: fixtures) {
      try? FileManager.default.removeItem(atPath: "\(workspace.folder)/model/\(file)")
      try FileManager.default.copyItem(atPath: "\(fixtures)/\(file)", toPath: "\(workspace.folder)/model/\(file)")
    }
  }

  private func plan(_ text: String) throws -> Plan {
    let spec = try workspace.load(text)
    return Plan(
      experiment: spec.experiment, facts: spec.facts, prompt: spec.prompt, weightBytes: 1, workers: 1, threads: 1,
      rate: 1, peak: 2)
  }

  @Test("a prompt is the same experiment as its ids", arguments: ["llama", "sentencepiece"])
  func ids(_ tokenizer: String) throws {
    try useTokenizer(tokenizer)
    let text = try workspace.load("prompt: \"USER: <image>\\nWhat is it?\"\n" + bare)
    #expect(text.experiment.model.prefixTokenIDs == [1, 335, 432, 397])
    let ids = try workspace.load("prefix_token_ids: [1, 335, 432, 397]\n" + bare)
    #expect(try text.experiment.digest() == ids.experiment.digest())
    #expect(text.experiment.model.imageTokens == ImageTokens(prefix: 4, grid: Grid(rows: 4, columns: 4)))
    #expect(text.experiment.model.imageTokens.last == 19)
  }

  @Test func `the family's default is its text where a tokenizer is, and says so where one is needed`() throws {
    try useTokenizer("llama")
    #expect(try workspace.load(bare).prompt.source == .family(text: "USER: <image>\n"))
    #expect(try workspace.load(bare).prompt.ids.prefix == [1, 335, 432, 397])
    try useDecoder("qwen2")
    #expect(try workspace.load(bare).prompt.source == .family(text: "<|im_start|>user\n<image>\n"))
    try useDecoder("gemma")
    #expect(
      try workspace.errors(bare) == [
        "2: model: no prompt is known here for llava models with a gemma decoder; write prompt or prefix_token_ids"
      ])
    try FileManager.default.removeItem(atPath: "\(workspace.folder)/model/tokenizer.json")
    try useDecoder("mistral")
    #expect(
      try workspace.errors(bare) == [
        "2: model: the prompt of a mistral decoder needs its tokenizer, and DIR/model holds neither tokenizer.json nor "
          + "tokenizer.model; write prompt or prefix_token_ids"
      ])
    try useDecoder("llama", vocabulary: 32_064)
    #expect(try workspace.load(bare).prompt == ChosenPrompt(familyOf: workspace.load(bare).facts))
    #expect(try workspace.load(bare).prompt.source == .family(text: nil))
  }

  @Test func `what is wrong with a prompt is said at its key`() throws {
    let prompt = "prompt: \"USER: <image>\"\n"
    #expect(
      try workspace.errors(prompt + SpecWorkspace.base) == [
        "1: prompt: prefix_token_ids says what stands around the image as well; keep one of them"
      ])
    #expect(
      try workspace.errors(prompt + bare) == [
        "1: prompt: DIR/model holds neither tokenizer.json nor tokenizer.model, so text cannot become token ids; give the ids "
          + "themselves"
      ])
    try useTokenizer("llama")
    #expect(
      try workspace.errors("prompt: \"USER: \"\n" + bare) == [
        "1: prompt: holds <image> 0 times; write it once, where the image stands among the text"
      ])
    let long = String(repeating: "x ", count: 4100)
    #expect(
      try workspace.errors("prompt: \"\(long)<image>\"\n" + bare).first?.contains("at most 4096 may") == true)
    try useDecoder("llama", vocabulary: 400)
    #expect(
      try workspace.errors(prompt + bare) == [
        "1: prompt: holds \":\", but token id 432 is not in the model's vocabulary of 400 tokens"
      ])
    try workspace.write("model/tokenizer.json", "{\"model\": {\"type\": \"Unigram\"}}")
    let refusal = try workspace.errors(prompt + bare).first ?? ""
    #expect(refusal.hasPrefix("1: prompt: DIR/model/tokenizer.json: model is Unigram"), "\(refusal)")
  }

  @Test func `plan says where the ids come from, what they stand for, and where the image stands`() throws {
    let ids = try plan(SpecWorkspace.base)
    #expect(
      ids.text.contains(
        "Tokens before the image, from the spec's token ids: 1, 4. The image's stand at positions 2 to 17."))
    try useTokenizer("llama")
    let text = try plan("prompt: \"USER: <image>\\nWhat is it?\"\n" + bare)
    #expect(
      text.text.contains(
        #"from the spec's prompt: 1 "<s>", 335 "▁USER", 432 ":", 397 "▁". The image's stand at positions 4 to 19. "#
          + #""\nWhat is it?" stands behind the image and cannot influence it."#), "\(text.text)")
    #expect(try plan(bare).text.contains(#"from the family's default "USER: <image>\n": 1 "<s>""#))
    let none = try plan("prefix_token_ids: []\n" + bare).text
    #expect(none.contains("token ids: none. The image's stand at positions 0 to 15."))
  }
}
