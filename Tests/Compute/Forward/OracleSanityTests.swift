import Catalog
import Compute
import Testing

/// What must hold of any right forward pass, on random models.
struct OracleSanityTests {
  private let random = RandomModel(seed: 5)
  private var forward: OracleForward { OracleForward(random.oracle) }

  private func states(_ knockout: OracleKnockout? = nil) -> OracleForward.States {
    return forward.run(
      pixels: random.pixels(), prompt: random.prompt(3), edges: knockout?.isOpen ?? OracleForward.causal)
  }

  private func knockout(
    _ edit: Knockout.Edit, _ queries: Set<Int>, _ keys: Set<Int>, heads: HeadSet = .all
  ) -> OracleKnockout {
    OracleKnockout(
      edit: edit, queries: queries, keys: keys, window: LayerWindow(first: 2, last: 3), heads: heads, prefix: 3,
      grid: random.facts.grid)
  }

  @Test func `without an effective edge everything is the baseline to the bit`() {
    let baseline = states().all
    let none = [
      knockout(.block, [4, 5], [6, 11]),  // the future
      knockout(.block, [7], [7]),  // itself
      knockout(.open, [6, 7], [3, 4, 5]),  // open already
      knockout(.open, [0, 1, 2], [3, 4, 5]),  // not from an image token
      knockout(.block, [9], [3, 4], heads: .some([])),
    ]
    for knockout in none { #expect(states(knockout).all == baseline) }
  }

  @Test func `an edit changes its queries and what can see them, nothing before its window`() throws {
    let baseline = states().all
    let edited = states(knockout(.block, [8], [4])).all
    for site in baseline.keys where site < .llm(2) { #expect(edited[site] == baseline[site], "\(site)") }
    for layer in 2...4 {
      let (before, after) = (try #require(baseline[.llm(layer)]), try #require(edited[.llm(layer)]))
      #expect(after.rows(0..<8) == before.rows(0..<8), "layer \(layer)")
      #expect(after[8] != before[8], "layer \(layer)")
      #expect((after[9] != before[9]) == (layer > 2), "layer \(layer)")
    }
  }

  @Test func `with queries and keys of zero the attention shows exactly which edges were open`() throws {
    var weights = random.oracle.weights
    let width = random.facts.decoder.hidden
    for (name, weight) in weights where name.contains("decoder") {
      // Uniform attention over values that are the rows themselves; the output goes on alone.
      if name.contains("q_proj") || name.contains("mlp.down_proj") {
        weights[name] = (weight.shape, weight.values.map { _ in 0 })
      }
    }
    let forward = OracleForward(OracleModel(facts: random.facts, weights: weights))
    let adapter = Matrix(
      rows: 9, columns: width, values: (0..<9 * width).map { Float($0 % 7) - Float($0 % 5) + 0.5 })
    func outputs(_ edges: @escaping OracleForward.Edges) throws -> Matrix {
      try #require(forward.run(adapter: adapter, prompt: Prompt(prefix: [1]), edges: edges).all[.llm(1)])
    }
    let all = try outputs { _, _, _, _ in true }
    let own = try outputs { _, _, query, key in query == key }
    let causal = try outputs(OracleForward.causal)
    // The last row sees everything either way, the first only itself.
    #expect(causal[9] == all[9])
    #expect(causal[0] == own[0])
    #expect(causal[4] != all[4] && causal[4] != own[4])
    // Attention over everything adds the same to every row.
    let input = try #require(forward.run(adapter: adapter, prompt: Prompt(prefix: [1])).all[.adapter])
    let added = (0..<10).map { row in zip(all[row], input[row]).map(-) }
    for row in added { for (value, first) in zip(row, added[0]) { #expect(abs(value - first) < 1e-5) } }
  }
}
