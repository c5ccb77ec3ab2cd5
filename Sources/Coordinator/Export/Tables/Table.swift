/// Rows, held column by column: what every format writes. Texts, counts and numbers may be missing in a
/// row; the others never are.
struct Table {
  let columns: [Column]

  /// The columns' common length.
  var rows: Int { columns.first?.values.count ?? 0 }

  struct Column {
    let name: String
    let values: Values
  }

  enum Values {
    case texts(Words)
    case integers([Int32])
    /// Sums over a data set.
    case counts([Int?])
    case numbers([Double?])
    case flags([Bool])

    var count: Int {
      switch self {
      case .texts(let words): words.codes.count
      case .integers(let values): values.count
      case .counts(let values): values.count
      case .numbers(let values): values.count
      case .flags(let values): values.count
      }
    }
  }

  /// Texts that repeat, as positions in a list.
  struct Words {
    let list: [String]
    /// [row], positions in `list`, or ``missing``.
    var codes: [UInt32]

    /// No text.
    static let missing = UInt32.max

    subscript(row: Int) -> String? { codes[row] == Self.missing ? nil : list[Int(codes[row])] }
  }
}

extension Table.Column {
  static func texts(_ name: String, _ texts: [String?]) -> Self {
    var list: [String] = []
    var positions: [String: UInt32] = [:]
    let codes = texts.map { text -> UInt32 in
      guard let text else { return Table.Words.missing }
      if let position = positions[text] { return position }
      positions[text] = UInt32(list.count)
      list.append(text)
      return UInt32(list.count - 1)
    }
    return Self(name: name, values: .texts(.init(list: list, codes: codes)))
  }

  static func integers(_ name: String, _ values: [Int]) -> Self {
    Self(name: name, values: .integers(values.map { Int32(clamping: $0) }))
  }

  static func counts(_ name: String, _ values: [Int?]) -> Self { Self(name: name, values: .counts(values)) }

  static func numbers(_ name: String, _ values: [Double?]) -> Self { Self(name: name, values: .numbers(values)) }
}

extension [Table.Column] {
  /// Three columns, `name`, `name_low` and `name_high`: shares with the ends of their intervals.
  static func estimates(_ name: String, _ estimates: [Estimate?]) -> Self {
    [
      .numbers(name, estimates.map { $0?.value }),
      .numbers(name + "_low", estimates.map { $0?.interval?.low }),
      .numbers(name + "_high", estimates.map { $0?.interval?.high }),
    ]
  }
}
