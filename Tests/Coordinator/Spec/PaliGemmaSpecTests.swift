import Catalog
import Testing

@testable import Coordinator

/// Specs of a model whose image and prompt see each other.
struct PaliGemmaSpecTests {
  private let workspace: SpecWorkspace
  init() throws {
    workspace = try SpecWorkspace()
    try workspace.usePaliGemma()
  }

  /// The tiny spec with these lines for the prompt and this knockout beside its own.
  private func spec(_ prompt: String, _ knockout: String? = nil) -> String {
    let lines = SpecWorkspace.base.replacingOccurrences(of: "prefix_token_ids: [1, 4]", with: prompt)
    return lines + (knockout.map { "  - {name: b, \($0), windows: all}\n" } ?? "")
  }

  @Test func `the prompt stands behind the image, and is in the experiment`() throws {
    let model = try workspace.load(spec("suffix_token_ids: [2, 7, 5]")).experiment.model
    #expect(model.prefixTokenIDs == [])
    #expect(model.suffixTokenIDs == [2, 7, 5])
    let around = try workspace.load(spec("prefix_token_ids: [3]\nsuffix_token_ids: []")).experiment.model
    #expect(around.prompt == Prompt(prefix: [3], suffix: []))
    #expect(around.suffixTokenIDs == [])
  }

  @Test func `another suffix is another experiment, with other inputs of every stage`() throws {
    let one = try workspace.load(spec("suffix_token_ids: [2, 7, 5]")).experiment
    let other = try workspace.load(spec("suffix_token_ids: [2, 7, 6]")).experiment
    #expect(try one.digest() != other.digest())
    for stage in Stage.allCases {
      let inputs = [one, other].map { StageInputs(of: $0, stage: stage, kernel: nil, artifacts: []).digest }
      #expect(inputs[0] != inputs[1], "\(stage)")
    }
  }

  @Test func `without ids the prompt is PaliGemma's own, an empty one`() throws {
    #expect(
      try workspace.errors(spec("seed: 1")) == [
        "2: model: the vocabulary of 64 tokens does not hold the paligemma prompt; write prompt or prefix_token_ids"
      ])
    let config = try String(contentsOfFile: "\(workspace.folder)/model/config.json", encoding: .utf8)
    try workspace.write(
      "model/config.json", config.replacingOccurrences(of: "\"vocab_size\": 64", with: "\"vocab_size\": 109"))
    #expect(try workspace.load(spec("seed: 1")).experiment.model.prompt == Prompt(prefix: [], suffix: [2, 108]))
  }

  @Test(arguments: [
    ("suffix_token_ids: [2, 64]", "3: suffix_token_ids[2]: 64 is not in the model's vocabulary of 64 tokens"),
    (
      "suffix_token_ids: [9]", "3: suffix_token_ids[1]: 9 stands for the image itself; write only the ids around it"
    ),
  ])
  func `ids that are no words are refused`(prompt: String, message: String) throws {
    #expect(try workspace.errors(spec(prompt)) == [message])
  }

  @Test func `as many tokens as fit may stand around the image, and no more`() throws {
    func prompt(_ prefix: Int, _ suffix: Int) -> String {
      func list(_ count: Int) -> String { "[" + repeatElement("1", count: count).joined(separator: ",") + "]" }
      return "prefix_token_ids: \(list(prefix))\nsuffix_token_ids: \(list(suffix))"
    }
    #expect(try workspace.errors(spec(prompt(4_000, 96))) == [])
    #expect(
      try workspace.errors(spec(prompt(4_000, 97))) == [
        "4: suffix_token_ids: 4097 token ids stand around the image; at most 4096 may"
      ])
  }

  @Test func `sets may name the prompt, and positions in it`() throws {
    let knockouts = try workspace.load(
      spec("suffix_token_ids: [2, 5]", "block: {queries: \"image | tokens(17)\", keys: \"suffix & !bos\"}")
    ).experiment.knockouts
    #expect(knockouts[1].queries == .union([.image, .tokens([17])]))
    #expect(knockouts[1].keys == .intersection([.suffix, .complement(.bos)]))
  }

  @Test(arguments: [
    (
      "suffix_token_ids: [2, 5]", "open: {queries: image, keys: image}",
      "15: knockouts[2].open: open adds edges that are missing among image tokens, and in this model none is: image and "
        + "prompt all see each other; use block"
    ),
    (
      "suffix_token_ids: [2, 5]", "block: {queries: tokens(18), keys: image}",
      "15: knockouts[2].block.queries: there is no token 18: the sequence of prefix, image and suffix has the tokens 0 to 17"
    ),
    (
      "suffix_token_ids: [2, 5]", "block: {queries: image, keys: prefix}",
      "15: knockouts[2].block.keys: 'prefix' names no token: this model's prompt stands behind the image; use suffix, or bos"
    ),
    (
      "suffix_token_ids: []", "block: {queries: image, keys: suffix}",
      "15: knockouts[2].block.keys: 'suffix' names no token: suffix_token_ids is empty"
    ),
    (
      "suffix_token_ids: []", "block: {queries: image, keys: \"image | bos\"}",
      "15: knockouts[2].block.keys: 'bos' names no token: suffix_token_ids is empty"
    ),
  ])
  func `a knockout that could edit nothing is refused with a reason`(
    prompt: String, knockout: String, message: String
  ) throws {
    #expect(try workspace.errors(spec(prompt, knockout)) == [message])
  }
}
