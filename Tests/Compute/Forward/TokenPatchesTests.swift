import Catalog
import Testing

@testable import Compute

/// Image tokens of several patches.
struct TokenPatchesTests {
  @Test(arguments: [(side: 8, scale: 2), (side: 12, scale: 3), (side: 5, scale: 1), (side: 4, scale: 4)])
  func `every patch belongs to the token that it lies in, and tokens to themselves`(side: Int, scale: Int) {
    let map = TokenPatches(side: side, scale: scale)
    let tokens = side / scale
    var seen: [Int] = []
    for token in 0..<tokens * tokens {
      let patches = map.patches(of: token)
      #expect(patches == patches.sorted())
      for patch in patches {
        #expect(patch / side / scale == token / tokens && patch % side / scale == token % tokens)
      }
      seen += patches
    }
    #expect(seen.sorted() == Array(0..<side * side))
    let states = (0..<2 * side * side).map(Float.init)
    #expect(map.joined(states, width: 2) == seen.flatMap { [Float(2 * $0), Float(2 * $0 + 1)] })
  }

  @Test(arguments: [Fixture.idefics3, .smolvlm])
  func `at vision sites probes read all patches of a token side by side`(fixture: Fixture) throws {
    let model = try Model(directory: fixture.model)
    let engine = Engine(model: model, threads: 1)
    let prompt = try fixture.contents().prompt(model.facts)
    let site = Site.vision(model.facts.vision.layers)
    let expected = try OracleForward(OracleModel(directory: fixture.model))
      .shuffle(try #require(fixture.expectedStates()[site]))
    #expect(expected.rows == model.facts.grid.tokens && expected.columns == model.facts.hidden(at: site))
    let drawn = [0, 3, 9, 15]
    let states = try engine.hiddenStates(
      pixels: fixture.expectedPixels(), prompt: prompt, sites: [site, .adapter], tokens: drawn)
    let read = Matrix(rows: drawn.count, columns: expected.columns, values: try #require(states[site]))
    let wanted = Matrix(rows: drawn.count, columns: expected.columns, values: drawn.flatMap { expected[$0] })
    #expect(read.error(from: wanted) < OracleFixtureTests.tolerance)
    #expect(states[.adapter]?.count == drawn.count * model.facts.decoder.hidden)

    // A probe of two classes that looks at one value of a token's last patch.
    let column = expected.columns - 1
    var weight = [Float](repeating: 0, count: 2 * expected.columns)
    weight[expected.columns + column] = 1
    let readout = Readout(weight: weight, bias: [0, 0], classes: 2, hidden: expected.columns)
    let baseline = try engine.baseline(pixels: fixture.expectedPixels(), prompt: prompt, readouts: [site: readout])
    #expect(baseline.predictions[site] == (0..<expected.rows).map { expected[$0][column] > 0 ? 1 : 0 })
  }
}
