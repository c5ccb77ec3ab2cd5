import Catalog
import Testing

@testable import Compute

struct MemoryTests {
  /// Every row changes, in forks of which as many are walked together as asked for: bytes of all buffers that grow with it.
  private func bytes(forks count: Int, of model: WalkedModel) throws -> Int {
    let engine = Engine(model: model.model, threads: 1)
    let trace = try model.baseline(on: engine)
    let wave = (0..<count).map { _ in
      let edit = EdgeEdit(
        window: LayerWindow(first: 1, last: 1), heads: .all, masks: [.causal(rows: model.rows)],
        queries: RowSet(count: model.rows, 0..<model.rows))
      return DecoderWalker.Request(edit: edit, lastLayer: 2)
    }
    var own = 0
    engine.walker.walk(wave, from: trace, readers: []) { _, _, _, forks in
      own = forks.reduce(0) { total, fork in
        let floats = fork.residual.count + fork.cache.keys.count + fork.cache.values.count
        return total + 4 * floats + model.rows * ((model.rows + 63) / 64) * 8
      }
    }
    return own + engine.workspace.bytes
  }

  @Test(arguments: [(11, 32, 5), (7, 20, 1)])
  func `a fork takes the memory that is reckoned for it, and not much less`(side: Int, headSize: Int, prefix: Int)
    throws
  {
    let model = try WalkedModel(
      RandomModel(
        seed: 51, hidden: 208, heads: 6, keyValueHeads: 3, headSize: headSize, layers: 2, side: side, intermediate: 848),
      prefix: prefix)
    let (few, many) = (6, 12)
    let perFork = try (bytes(forks: many, of: model) - bytes(forks: few, of: model)) / (many - few)
    let reckoned = Engine(model: model.model, threads: 1).bytesPerFork(rows: model.rows)
    #expect(perFork <= reckoned)
    #expect(Double(perFork) > 0.5 * Double(reckoned))
  }
}
