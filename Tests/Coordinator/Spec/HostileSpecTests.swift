import Catalog
import Foundation
import Testing

@testable import Coordinator

/// Specs are outside text: whatever a file holds, the answer is a spec or a list of sentences.
struct HostileSpecTests {
  private let workspace: SpecWorkspace
  init() throws { workspace = try SpecWorkspace() }

  @Test func `a missing file, a directory and other text are said to be that`() throws {
    func message(_ path: String) -> String {
      do {
        _ = try Spec.load(file: path)
        return "no error"
      } catch { return error.description.replacingOccurrences(of: workspace.folder, with: "DIR") }
    }
    #expect(message("\(workspace.folder)/none.yaml") == "DIR/none.yaml: there is no such file")
    #expect(message("\(workspace.folder)/model") == "DIR/model: is a directory, not a spec")
    #expect(message(try workspace.write("empty.yaml", "")) == "DIR/empty.yaml: is empty")
    #expect(message(try workspace.write("comment.yaml", "# nothing\n")) == "DIR/comment.yaml: is empty")
    #expect(
      message(try workspace.write("text.yaml", "hello"))
        == "DIR/text.yaml:1: is 'hello', but a mapping with the keys name, model, prompt, prefix_token_ids, suffix_token_ids, "
        + "compute, data, probes, reference, knockouts, horizon, precision, record, reuse, audit, seed is expected here"
    )
    #expect(
      message(try workspace.write("broken.yaml", "name: tiny\nmodel: [a, b\nseed: 3\n"))
        == "DIR/broken.yaml:3: is not YAML: did not find expected ',' or ']', while parsing a flow sequence of line 2")
    #expect(
      message(try workspace.write("two.yaml", "name: a\n---\nname: b\n"))
        == "DIR/two.yaml:2: is not YAML: but found another document, expected a single document in the stream of line 1"
    )
    try Data([0x6E, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: "\(workspace.folder)/latin.yaml"))
    #expect(message("\(workspace.folder)/latin.yaml") == "DIR/latin.yaml: is not UTF-8 text")
    let large = String(repeating: "# filler\n", count: 120_000)
    #expect(
      message(try workspace.write("large.yaml", large)) == "DIR/large.yaml: is larger than 1 MB, so it is not a spec")
  }

  @Test func `nesting and aliases that would explode are refused`() throws {
    let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
    #expect(
      try workspace.errors("name: \(deep)") == [" holds more than 200000 values, or is nested deeper than 32 levels"])
    let veryDeep = try workspace.errors("name: " + String(repeating: "[", count: 500_000))
    #expect(veryDeep.count == 1)
    let dashes = try workspace.errors(String(repeating: "- ", count: 500_000))
    #expect(dashes.count == 1)
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      bomb += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
    }
    #expect(try workspace.errors(bomb) == [" holds more than 24 aliases ('*name'); write the values out"])
    var slow = "a0: &a0 [\(Array(repeating: "x", count: 1000).joined(separator: ", "))]\n"
    for level in 1...8 { slow += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n" }
    #expect(try workspace.errors(slow) == [" holds more than 200000 values, or is nested deeper than 32 levels"])
  }

  @Test(arguments: 0..<8) func `mutated specs end in an experiment or in sentences with lines`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let seeds = BadSpec.topLevel + BadSpec.data + BadSpec.probes + BadSpec.knockouts + BadSpec.unsupported
    let scraps = [
      "[", "]", "{", "}", ":", "- ", "&a", "*a", "!", "|", ">", "\"", "'", "#", "\n", "  ", "~", "null", "1e400", "-1",
      "@",
      "9999999999999999999", "<<: ", "? ", "!!binary ", "\u{E000}0", "\u{0}", "\t", "wrong", "llm.1", "(", ")", ".nan",
    ]
    for _ in 0..<60 {
      var text = Array(seeds[random.below(seeds.count)].text.unicodeScalars)
      for _ in 0...random.below(4) {
        let place = random.below(text.count)
        switch random.below(4) {
        case 0: text.insert(contentsOf: Array(scraps[random.below(scraps.count)].unicodeScalars), at: place)
        case 1: text.removeSubrange(place..<min(text.count, place + 1 + random.below(6)))
        case 2: text[place] = Array(scraps[random.below(scraps.count)].unicodeScalars)[0]
        default:
          let end = min(text.count, place + random.below(80))
          text.insert(contentsOf: Array(text[place..<end]), at: random.below(text.count))
        }
        if text.isEmpty { text = ["x"] }
      }
      let file = try workspace.write("mutated.yaml", String(String.UnicodeScalarView(text)))
      let lines = text.count { $0 == "\n" } + 1
      do {
        let spec = try Spec.load(file: file)
        #expect(try Experiment(json: spec.experiment.canonicalJSON()) == spec.experiment)
      } catch let errors as SpecErrors {
        #expect(!errors.errors.isEmpty)
        for error in errors.errors {
          #expect(!error.sentence.isEmpty)
          if let line = error.line { #expect((1...lines).contains(line), "\(error)") }
        }
      }
    }
  }
}
