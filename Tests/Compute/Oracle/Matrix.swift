/// Rows of float32 values, row-major: what the oracle passes around.
struct Matrix: Equatable, Sendable {
  let rows: Int
  let columns: Int
  var values: [Float]

  init(rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == rows * columns)
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, values: [Float](repeating: 0, count: rows * columns))
  }

  subscript(row: Int) -> [Float] {
    get { Array(values[row * columns..<(row + 1) * columns]) }
    set { values.replaceSubrange(row * columns..<(row + 1) * columns, with: newValue) }
  }

  /// Rows `range` alone.
  func rows(_ range: Range<Int>) -> Matrix {
    Matrix(
      rows: range.count, columns: columns,
      values: Array(values[range.lowerBound * columns..<range.upperBound * columns]))
  }

  /// Each row changed by itself.
  func mapRows(_ change: ([Float]) -> [Float]) -> Matrix {
    let changed = (0..<rows).map { change(self[$0]) }
    return Matrix(rows: rows, columns: changed.first?.count ?? 0, values: changed.flatMap { $0 })
  }

  static func + (left: Matrix, right: Matrix) -> Matrix {
    precondition(left.rows == right.rows && left.columns == right.columns)
    return Matrix(rows: left.rows, columns: left.columns, values: zip(left.values, right.values).map(+))
  }

  /// Max over rows of ‖h − h_ref‖₂ / ‖h_ref‖₂; not a number and infinite states count as infinitely wrong.
  func error(from expected: Matrix) -> Double {
    guard rows == expected.rows, columns == expected.columns else { return .infinity }
    var worst = 0.0
    for row in 0..<rows {
      var difference = 0.0
      var norm = 0.0
      for (value, reference) in zip(self[row], expected[row]) {
        difference += (Double(value) - Double(reference)) * (Double(value) - Double(reference))
        norm += Double(reference) * Double(reference)
      }
      let error = (difference / norm).squareRoot()
      worst = error.isFinite ? max(worst, error) : .infinity
    }
    return worst
  }
}
