import Catalog
import Testing

/// The oracle against transformers.
struct OracleFixtureTests {
  /// Max over tokens of ‖h − h_ref‖₂ / ‖h_ref‖₂; the fixtures' wrong programs exceed 100 times it (`proofs.json`).
  static let tolerance = 1e-4

  @Test(arguments: Fixture.allCases)
  func `the input is what transformers makes of the image`(fixture: Fixture) throws {
    let expected = try fixture.expectedPixels()
    let pixels = try fixture.pixels()
    #expect(pixels.count == expected.count)
    #expect(zip(pixels, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test(arguments: Fixture.allCases)
  func `the baseline is transformers' at every site`(fixture: Fixture) throws {
    let model = try OracleModel(directory: fixture.model)
    let contents = try fixture.contents()
    let states = try OracleForward(model).run(
      pixels: fixture.expectedPixels(), prompt: contents.prompt(model.facts))
    let expected = try fixture.expectedStates()
    #expect(expected.count == model.facts.vision.layers + 1 + 1 + model.facts.decoder.layers)
    #expect(states.all.count == expected.count)
    for (site, reference) in expected {
      let error = try #require(states.tokens(site)).error(from: reference)
      #expect(error < Self.tolerance, "\(site)")
    }
    #expect(contents.knockouts.map(\.name) == fixture.knockouts)
  }

  @Test(arguments: Fixture.edited)
  func `every knockout is transformers' at every site, and its baseline is not`(edited: Fixture.Edited) throws {
    let (fixture, name) = (edited.fixture, edited.name)
    let model = try OracleModel(directory: fixture.model)
    let contents = try fixture.contents()
    let prompt = contents.prompt(model.facts)
    let knockout = try #require(contents.knockouts.first { $0.name == name }).written(out: model.facts, prompt)
    let baseline = try fixture.expectedStates()
    let adapter = try #require(baseline[.adapter])
    let states = OracleForward(model).run(adapter: adapter, prompt: prompt, edges: knockout.isOpen)
    let expected = try fixture.expectedStates(knockout: name)
    let edges = try fixture.expectedEdges(knockout: name)
    #expect(knockout.effectiveEdges(heads: model.facts.decoder.heads) == edges)
    for layer in 1...model.facts.decoder.layers {
      let reference = try #require(expected[.llm(layer)])
      let error = try #require(states.tokens(.llm(layer))).error(from: reference)
      #expect(error < Self.tolerance, "layer \(layer)")
      let ignored = try #require(baseline[.llm(layer)]).error(from: reference)
      let soFar = edges.prefix(max(0, layer + 1 - knockout.window.first))
      let isReached = soFar.contains { $0.contains { $0 > 0 } }
      #expect(isReached ? ignored > 100 * Self.tolerance : ignored == 0, "layer \(layer)")
    }
  }
}
