import Catalog
import Compute
import Testing

/// The engine against transformers, through what `rebound trace` calls.
struct EngineFixtureTests {
  private func trace(_ fixture: Fixture, knockout: String?) throws -> SiteTrace {
    let engine = Engine(model: try Model(directory: fixture.model), threads: 2)
    let contents = try fixture.contents()
    let facts = engine.model.facts
    let prompt = contents.prompt(facts)
    let context = TokenContext(
      image: contents.image, facts: facts, prompt: prompt, predictions: [:], reference: .adapter)
    return try engine.trace(
      pixels: fixture.pixels(), prompt: prompt,
      knockout: contents.knockouts.first { $0.name == knockout }?.knockout, context: context)
  }

  private func expectEqual(_ trace: SiteTrace, _ expected: [Site: Matrix]) throws {
    #expect(trace.states.map(\.site) == expected.keys.sorted())
    for (site, hidden, values) in trace.states {
      let states = Matrix(rows: values.count / hidden, columns: hidden, values: values)
      #expect(states.error(from: try #require(expected[site])) < OracleFixtureTests.tolerance, "\(site)")
    }
  }

  @Test(arguments: Fixture.allCases)
  func `the engine's baseline is transformers' at every site`(fixture: Fixture) throws {
    let trace = try trace(fixture, knockout: nil)
    try expectEqual(trace, fixture.expectedStates())
    #expect(trace.effectiveEdges == nil)
  }

  @Test(arguments: Fixture.edited)
  func `the engine's every knockout is transformers' at every site`(edited: Fixture.Edited) throws {
    let (fixture, name) = (edited.fixture, edited.name)
    let trace = try trace(fixture, knockout: name)
    try expectEqual(trace, fixture.expectedStates(knockout: name))
    #expect(try trace.effectiveEdges == fixture.expectedEdges(knockout: name))
  }
}
