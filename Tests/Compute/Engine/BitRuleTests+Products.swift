import Catalog
import Testing

@testable import Compute

/// The bit rule of single products.
extension BitRuleTests {
  /// [outputs, inputs], and how many tiles of 48 rows.
  struct Product: CustomTestStringConvertible {
    let outputs: Int
    let inputs: Int
    let tiles: [Int]
    var testDescription: String { "\(outputs) × \(inputs), \(tiles) tiles" }
  }

  static let products = [
    Product(outputs: 16, inputs: 24, tiles: [1, 2, 60]),
    Product(outputs: 20, inputs: 36, tiles: [1, 3, 40]),
    Product(outputs: 208, inputs: 208, tiles: [1, 2, 3, 5, 13]),
    Product(outputs: 848, inputs: 208, tiles: [1, 2, 7]),
    Product(outputs: 208, inputs: 848, tiles: [1, 2, 7]),
    Product(outputs: 33, inputs: 1023, tiles: [1, 4, 9]),
    Product(outputs: 768, inputs: 513, tiles: [1, 2, 3]),
    // A wave of many forks.
    Product(outputs: 16, inputs: 67, tiles: [1, 4_300]),
  ]

  @Test(arguments: products)
  func `a row's product is the same to the bit in every tile, whatever stands beside it`(product: Product) {
    let tile = RowPacking.tile
    var generator = SeededGenerator(seed: 5, UInt64(product.outputs), UInt64(product.inputs))
    func values(_ count: Int) -> [Float] { (0..<count).map { _ in Float(2 * generator.uniform() - 1) } }
    let layer = Linear(
      values: FloatBuffer(values(product.outputs * product.inputs)), outputs: product.outputs, inputs: product.inputs,
      bias: FloatBuffer(values(product.outputs)))
    let rows = values(tile * product.inputs)
    var first: [Float] = []
    for (round, tiles) in product.tiles.enumerated() {
      // The same rows in every tile but some, which are something else.
      let others = Set(tiles == 1 ? [] : (0..<tiles / 4).map { _ in 1 + generator.below(tiles - 1) })
      let padded = tiles * tile
      let (input, output) = (FloatBuffer(count: padded * product.inputs), FloatBuffer(count: padded * product.outputs))
      let different = rows.map { 1 - 3 * $0 }
      for index in 0..<tiles {
        let values = others.contains(index) ? different : rows
        (input.pointer + index * rows.count).update(from: values, count: rows.count)
      }
      let unit = MatrixUnit(pool: ThreadPool(threads: 1 + round % 3), widest: product.inputs)
      unit.multiply(
        [.init(layer: layer, input: input.pointer, output: output.pointer, outputStride: product.outputs)],
        rows: tiles * tile)
      let count = tile * product.outputs
      func result(_ index: Int) -> UnsafeBufferPointer<Float> {
        .init(start: output.pointer + index * count, count: count)
      }
      if first.isEmpty { first = Array(result(0)) }
      let odd = (0..<tiles).filter { index in
        !others.contains(index) && !zip(result(index), first).allSatisfy { $0.bitPattern == $1.bitPattern }
      }
      #expect(odd.isEmpty, "of \(tiles) tiles, these differ: \(odd.prefix(5)) ... \(odd.suffix(2))")
    }
  }

  @Test func `products are right`() {
    // Guards the test above against a product that is the same nonsense everywhere.
    let (outputs, inputs, rows) = (800, 50, 48)
    var generator = SeededGenerator(seed: 6)
    func values(_ count: Int) -> [Float] { (0..<count).map { _ in Float(2 * generator.uniform() - 1) } }
    let (weight, bias, x) = (values(outputs * inputs), values(outputs), values(rows * inputs))
    let layer = Linear(
      values: FloatBuffer(weight), outputs: outputs, inputs: inputs, bias: FloatBuffer(bias))
    let padded = rows
    let input = FloatBuffer(x + [Float](repeating: 0, count: (padded - rows) * inputs))
    let output = FloatBuffer(count: padded * outputs)
    let unit = MatrixUnit(pool: ThreadPool(threads: 2), widest: inputs)
    unit.multiply(
      [.init(layer: layer, input: input.pointer, output: output.pointer, outputStride: outputs)], rows: rows)
    let expected = OracleMath.linear(
      Matrix(rows: rows, columns: inputs, values: x), ([outputs, inputs], weight), bias: ([outputs], bias))
    let product = Matrix(rows: rows, columns: outputs, values: output.array(rows * outputs))
    #expect(product.error(from: expected) < 1e-6)
  }
}
