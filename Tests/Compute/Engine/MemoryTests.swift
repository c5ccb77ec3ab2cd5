import Catalog
import Testing

@testable import Compute

struct MemoryTests {
  /// Every row changes, in forks of which as many are walked together as asked for: bytes of all buffers that grow with it.
  private func bytes(forks count: Int, of model: WalkedModel, _ arithmetic: Arithmetic) throws -> Int {
    let engine = Engine(model: model.model, threads: 1, arithmetic: arithmetic)
    let trace = try model.baseline(on: engine)
    let wave = (0..<count).map { _ in
      let edit = EdgeEdit(
        window: LayerWindow(first: 1, last: 1), heads: .all, masks: [.causal(rows: model.rows)],
        queries: RowSet(count: model.rows, 0..<model.rows))
      return DecoderWalker.Request(edit: edit, lastLayer: 2)
    }
    var own = 0
    engine.walker.walk(wave, from: trace) { _, _, _, forks in
      own = forks.reduce(0) { total, fork in
        let floats = fork.residual.count + fork.cache.keys.count + fork.cache.values.count
        return total + 4 * floats + model.rows * ((model.rows + 63) / 64) * 8
      }
    }
    return own + engine.workspace.bytes + engine.unit.packedBytes
  }

  @Test(arguments: [(11, 32, 5), (7, 20, 1)], Arithmetic.here)
  func `a fork takes the memory that is reckoned for it, and not much less`(
    shape: (side: Int, headSize: Int, prefix: Int), arithmetic: Arithmetic
  ) throws {
    let model = try WalkedModel(
      RandomModel(
        seed: 51, hidden: 208, heads: 6, keyValueHeads: 3, headSize: shape.headSize, layers: 2, side: shape.side,
        intermediate: 848),
      prefix: shape.prefix)
    let (few, many) = (6, 12)
    let perFork =
      try (bytes(forks: many, of: model, arithmetic) - bytes(forks: few, of: model, arithmetic)) / (many - few)
    let reckoned = Engine(model: model.model, threads: 1, arithmetic: arithmetic).bytesPerFork(rows: model.rows)
    #expect(perFork <= reckoned)
    #expect(Double(perFork) > 0.5 * Double(reckoned))
  }
}
