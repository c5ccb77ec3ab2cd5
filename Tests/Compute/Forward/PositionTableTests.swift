import Testing

@testable import Compute

struct PositionTableTests {
  /// interpolate(arange(9).reshape(1, 1, 3, 3) ** 2, mode="bicubic", align_corners=False) of torch 2.15.
  private static let torch: [(side: Int, antialias: Bool, values: [Float])] = [
    (
      5, false,
      [
        -0.904704, -0.874015, -0.439999, 1.074017, 2.216706, 1.269992, 2.319147, 4.444011, 7.648876, 9.81003,
        8.328001, 11.068004, 16.0, 22.012001, 25.864002, 25.10602, 29.536871, 37.276001, 46.095142, 51.637993,
        37.288712,
        42.738029, 52.168011, 62.677998, 69.239319,
      ]
    ),
    (2, false, [1.430756, 6.522369, 32.397369, 53.180756]),
    (
      5, true,
      [
        -0.720541, -0.60138, -0.132075, 1.546185, 2.607334, 1.733737, 2.725885, 4.783582, 8.050234, 9.984369,
        8.471699, 11.052238, 16.0, 22.156717, 25.679245, 26.09026, 30.259193, 38.097019, 47.143799, 52.254719,
        37.022427,
        42.064346, 51.490562, 62.125736, 68.109642,
      ]
    ),
    (2, true, [2.871166, 8.197848, 30.284525, 47.044525]),
  ]

  @Test(arguments: torch)
  func `a table at another size is torch's`(side: Int, antialias: Bool, values: [Float]) {
    let table = PositionTable(side: 3, hidden: 1, values: (0..<9).map { Float($0 * $0) })
    let resized = table.resized(to: side, antialias: antialias)
    #expect(resized.count == values.count)
    #expect(zip(resized, values).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test(arguments: [(37, 16), (16, 37), (5, 6), (2, 9), (9, 1)], [false, true])
  func `a table at another size is the definition's`(sides: (Int, Int), antialias: Bool) {
    let (from, to) = sides
    let values = (0..<from * from * 2).map { Float(($0 * 37) % 19) - 9 }
    let expected = OraclePositions(
      table: Matrix(rows: from * from, columns: 2, values: values), from: from, to: to, antialias: antialias
    ).interpolated.values
    let resized = PositionTable(side: from, hidden: 2, values: values).resized(to: to, antialias: antialias)
    #expect(zip(resized, expected).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func `a table of the right size is not touched`() {
    let values: [Float] = [1, 2, 3, 4]
    #expect(PositionTable(side: 2, hidden: 1, values: values).resized(to: 2, antialias: true) == values)
  }
}
