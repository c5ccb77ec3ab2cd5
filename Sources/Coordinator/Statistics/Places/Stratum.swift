import Catalog

/// Tokens of an image that are counted together because of where they are.
enum Stratum: Hashable {
  /// Tokens with a gold class in a row of the grid, from 0 at the top: causal attention shows an image's rows in that order.
  case row(Int)
  /// Tokens beside one, above or below, of another gold class.
  case boundary
  /// The other tokens with a gold class.
  case interior
  /// Tokens of W with so many of C among their eight neighbours.
  case correctNeighbours(Int)

  /// The strata of a grid, in the order of ``ByPlace/init(_:)``.
  static func all(of grid: Grid) -> [Stratum] {
    (0..<grid.rows).map(Stratum.row) + [.boundary, .interior] + (0...8).map(Stratum.correctNeighbours)
  }
}

/// Something for tokens of each kind of place.
public struct ByPlace<Value> {
  /// [row of the grid], from the top: all tokens with a gold class. Causal attention shows an image's rows in that order.
  public let rows: [Value]
  /// Tokens beside one, above or below, of another gold class.
  public let boundary: Value
  /// The other tokens with a gold class.
  public let interior: Value
  /// [0…8] tokens of W, by how many of the eight tokens around are in C.
  public let correctNeighbours: [Value]

  /// Takes the values of ``Stratum/all(of:)``, of which there are eleven behind the rows.
  init(_ values: [Value]) {
    let rows = values.count - 11
    self.rows = Array(values[..<rows])
    boundary = values[rows]
    interior = values[rows + 1]
    correctNeighbours = Array(values[(rows + 2)...])
  }
}

extension ByPlace: Equatable where Value: Equatable {}
extension ByPlace: Hashable where Value: Hashable {}
extension ByPlace: Sendable where Value: Sendable {}
extension ByPlace: Codable where Value: Codable {}
