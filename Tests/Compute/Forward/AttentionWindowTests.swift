import Catalog
import Foundation
import Testing

@testable import Compute

/// Attention within windows: what a knockout edits there, and that the engine walks it as the oracle does.
struct AttentionWindowTests {
  private func context(_ windows: [Int?]) -> TokenContext {
    TokenContext(
      image: "", grid: Grid(rows: 3, columns: 3), prefix: 2, gold: [UInt16](repeating: TokenContext.void, count: 9),
      predictions: [:], reference: .adapter, attentionWindows: windows)
  }

  private func edges(_ edit: Knockout.Edit, _ windows: [Int?], in window: LayerWindow) throws -> [[Int]] {
    let knockout = Knockout(name: "", edit: edit, queries: .tokens([6]), keys: .image, windows: [window])
    let set = try knockout.effectiveEdges(in: context(windows), window: window)
    let edit = set.edgeEdit(window: window, heads: .all, base: BaseEdges(rows: 11, windows: windows))
    return (window.first...window.last).map { layer in
      (0..<11).filter { edit.mask(in: layer)?.isOpen(6, $0) == true }
    }
  }

  @Test func `a window holds a query and the keys just before it`() {
    let mask = EdgeMask.causal(rows: 5, window: 2)
    #expect(
      (0..<5).map { key in (0..<5).filter { mask.isOpen($0, key) } } == [[0, 1], [1, 2], [2, 3], [3, 4], [4]])
  }

  @Test func `block and open act within each layer's own window`() throws {
    let layers = LayerWindow(first: 1, last: 2)
    // Layer 1 sees everything before it, layer 2 the query and two keys.
    #expect(try edges(.block, [nil, 3], in: layers) == [[0, 1, 6], [6]])
    #expect(try edges(.open, [nil, 3], in: layers) == [Array(0...10), [4, 5, 6, 7, 8]])
    let knockout = Knockout(name: "", edit: .block, queries: .tokens([6]), keys: .image, windows: [layers])
    let set = try knockout.effectiveEdges(in: context([nil, 3]), window: layers)
    #expect(set.count == 4)
    #expect(set.count(reach: 3) == 2)
    #expect(try knockout.effectiveEdges(in: context([2, 3]), window: layers).count == 2)
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func `the engine walks windowed attention as the oracle does, under any edit`(seed: UInt64) throws {
    let model = RandomModel(seed: 40 + seed, attentionWindow: 2 + Int(seed))
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try model.write(to: folder)
    let engine = Engine(model: try Model(directory: folder), threads: 2)
    #expect(engine.model.facts.decoder.attentionWindows == Array(repeating: 2 + Int(seed), count: 4))
    var random = SeededGenerator(seed: seed)
    let rows = Array(0..<11)
    let edit: Knockout.Edit = seed.isMultiple(of: 2) ? .block : .open
    let queries = random.sample(5, of: rows).sorted()
    let keys = random.sample(6, of: rows).sorted()
    let first = 1 + random.below(3)
    let window = LayerWindow(first: first, last: min(4, first + random.below(3)))
    let heads = HeadSet.some([0, 2, 3])
    let knockout = Knockout(
      name: "any", edit: edit, queries: .tokens(queries), keys: .tokens(keys), windows: [window], heads: heads)
    let oracle = OracleKnockout(
      edit: edit, queries: Set(queries), keys: Set(keys), window: window, heads: heads, prefix: 2,
      grid: model.facts.grid, attentionWindows: model.facts.decoder.attentionWindows)
    let expected = OracleForward(model.oracle).run(
      pixels: model.pixels(), prompt: model.prompt(2), edges: oracle.isOpen)
    let trace = try engine.trace(
      pixels: model.pixels(), prompt: model.prompt(2), knockout: knockout,
      context: context(model.facts.decoder.attentionWindows))
    #expect(trace.effectiveEdges == oracle.effectiveEdges(heads: 4))
    for (site, hidden, values) in trace.states {
      let states = Matrix(rows: values.count / hidden, columns: hidden, values: values)
      #expect(states.error(from: try #require(expected.tokens(site))) < 1e-4, "\(site)")
    }
  }
}
