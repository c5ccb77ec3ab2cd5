import Catalog
import Foundation

@testable import Compute

/// A random model as the engine maps it from a checkpoint, and one made-up image for it.
struct WalkedModel: Sendable {
  let random: RandomModel
  let model: Model
  let prompt: Prompt
  /// [image token, hidden]
  let adapter: Matrix

  var oracle: OracleForward { OracleForward(random.oracle) }
  var layers: Int { random.facts.decoder.layers }
  var rows: Int { prompt.count + adapter.rows }

  init(_ random: RandomModel, prefix: Int) throws {
    self.random = random
    // The mapping outlives the files.
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try random.write(to: folder)
    model = try Model(directory: folder)
    prompt = random.prompt(prefix)
    var generator = SeededGenerator(seed: 1, UInt64(naming: "adapter"))
    let (tokens, width) = (random.facts.grid.tokens, random.facts.decoder.hidden)
    adapter = Matrix(
      rows: tokens, columns: width, values: (0..<tokens * width).map { _ in Float(generator.normal()) })
  }

  /// Tokens of which nothing is known but where they are.
  var context: TokenContext {
    TokenContext(image: "image", facts: random.facts, prompt: prompt, predictions: [:], reference: .adapter)
  }

  /// The engine's baseline walk.
  func baseline(on engine: Engine) throws -> BaselineTrace {
    try engine.walkBaseline(prompt: prompt, adapter: adapter.values) { _, _ in }
  }

  /// The oracle's decoder states, [layer] from 1; index 0 is the decoder's input.
  func oracleStates(_ edges: OracleForward.Edges? = nil) -> [Matrix] {
    let states = oracle.run(adapter: adapter, prompt: prompt, edges: edges).all
    return states.keys.sorted().compactMap { states[$0] }
  }
}

/// The states that a walk computed for one variant: [layer][row], [hidden] each. Rows that it did not compute are missing.
typealias ComputedRows = [Int: [Int: [Float]]]

extension Engine {
  /// Walks one wave and keeps every row that it computed, per request.
  func record(_ wave: [DecoderWalker.Request], from trace: BaselineTrace) -> [ComputedRows] {
    var computed = [ComputedRows](repeating: [:], count: wave.count)
    let width = model.decoder.hidden
    walker.walk(wave, from: trace) { layer, requests, output, _ in
      for (fork, request) in requests.enumerated() {
        computed[request][layer] = Dictionary(
          uniqueKeysWithValues: output.packing.places[fork].map { position, index in
            (position, Array(UnsafeBufferPointer(start: output.hidden + index * width, count: width)))
          })
      }
    }
    return computed
  }
}

extension BaselineTrace {
  /// One row of the residual stream behind layer `layer`.
  func state(layer: Int, row: Int, width: Int) -> [Float] {
    Array(UnsafeBufferPointer(start: residuals[layer].pointer + row * width, count: width))
  }
}

/// Equal to the last bit, the sign of zero included.
func sameBits(_ left: [Float], _ right: [Float]) -> Bool {
  left.count == right.count && zip(left, right).allSatisfy { $0.bitPattern == $1.bitPattern }
}

/// Equal to the last bit in every row of every layer.
func sameBits(_ left: ComputedRows, _ right: ComputedRows) -> Bool {
  left.count == right.count
    && left.allSatisfy { layer, rows in
      guard let others = right[layer], others.count == rows.count else { return false }
      return rows.allSatisfy { row, state in others[row].map { sameBits(state, $0) } ?? false }
    }
}
