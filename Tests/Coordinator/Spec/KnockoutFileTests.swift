import Catalog
import Testing

@testable import Coordinator

struct KnockoutFileTests {
  private let workspace: SpecWorkspace
  private let facts: ModelFacts
  init() throws {
    workspace = try SpecWorkspace()
    facts = try ModelFacts(directory: "\(workspace.folder)/model")
  }

  private func load(_ text: String) throws -> Knockout {
    try KnockoutFile.load(workspace.write("edges.yaml", text), facts: facts, prompt: Prompt(prefix: [1, 4]))
  }

  private func errors(_ text: String) throws -> [String] {
    let file = try workspace.write("edges.yaml", text)
    do {
      _ = try KnockoutFile.load(file, facts: facts, prompt: Prompt(prefix: [1, 4]))
      return []
    } catch { return workspace.shown(error, file: file) }
  }

  @Test func `any edge set of one window can be said`() throws {
    let knockout = try load(
      "block: {queries: {tokens: [5, 17]}, keys: {tokens: [0, 2]}, where: within(3)}\nwindows: [[2, 3]]\nheads: [1]\n")
    #expect(
      knockout
        == Knockout(
          name: "edges", edit: .block, queries: .tokens([5, 17]), keys: .tokens([0, 2]), relations: [.within(3)],
          windows: [LayerWindow(first: 2, last: 3)], heads: .some([1])))
    #expect(try load("{name: both, open: {queries: image, keys: image}, windows: all}").windows.count == 1)
  }

  @Test(arguments: [
    (
      "{block: {queries: image, keys: bos}, windows: {width: 1}}",
      "1: windows: names 4 windows, but a trace needs exactly one"
    ),
    (
      "{block: {queries: wrong, keys: bos}, windows: all}",
      "1: block.queries: 'wrong' needs labels and probes, which a trace does not have; use image, prefix, bos or {tokens: [..]}"
    ),
    (
      "{block: {queries: image & !correct@llm.2, keys: bos}, windows: all}",
      "1: block.queries: 'correct@llm.2' needs labels and probes, which a trace does not have; use image, prefix, bos or "
        + "{tokens: [..]}"
    ),
    (
      "{block: {queries: gold(sky), keys: bos}, windows: all}",
      "1: block.queries: 'gold(sky)' needs labels and probes, which a trace does not have; use image, prefix, bos or "
        + "{tokens: [..]}"
    ),
    (
      "{block: {queries: image, keys: image, where: same-gold}, windows: all}",
      "1: block.where: 'same-gold' needs labels, which a trace does not have; use within(r) or beyond(r)"
    ),
    (
      "{block: {queries: image, keys: {tokens: [18]}}, windows: all}",
      "1: block.keys: there is no token 18: the sequence of prefix and image has the tokens 0 to 17"
    ),
    (
      "{block: {queries: image, keys: image}, windows: all, control: {matched: {draws: 2}}}",
      "1: control: a trace computes the knockout alone; leave control out"
    ),
    ("{queries: image, keys: image, windows: all}", "1: has neither block nor open; write one"),
  ])
  func `what a trace cannot compute is refused`(text: String, sentence: String) throws {
    #expect(try errors(text).contains(sentence))
  }
}
