/// Parquet's physical types.
enum ParquetType: Int32 {
  case boolean = 0
  case int32 = 1
  case int64 = 2
  case double = 5
  case byteArray = 6
}

extension Table.Column {
  /// The column as a leaf of the schema.
  var schema: ThriftValue {
    let isText = values.parquetType == .byteArray
    return .structure([
      1: .int32(values.parquetType.rawValue),
      3: .int32(values.isOptional ? 1 : 0),
      4: .text(name),
      6: isText ? .int32(0) : nil,  // UTF8, as older readers know it,
      10: isText ? .structure([1: .structure([:])]) : nil,  // and STRING.
    ])
  }
}

extension Table.Values {
  var parquetType: ParquetType {
    switch self {
    case .texts: .byteArray
    case .integers: .int32
    case .counts: .int64
    case .numbers: .double
    case .flags: .boolean
    }
  }

  /// Whether a value may be missing.
  var isOptional: Bool {
    switch self {
    case .texts, .counts, .numbers: true
    case .integers, .flags: false
    }
  }

  /// A page's content in the plain encoding: levels, where values may be missing, then the values that are there. Texts have none:
  /// they are in dictionaries.
  var plain: [UInt8] {
    switch self {
    case .texts: return []
    case .integers(let values): return values.withUnsafeBytes { Array($0) }
    case .counts(let values): return Self.plain(values) { $0.appendLittleEndian(Int64($1)) }
    case .numbers(let values): return Self.plain(values) { $0.appendLittleEndian($1.bitPattern) }
    case .flags(let values):
      var bytes = [UInt8](repeating: 0, count: (values.count + 7) / 8)
      for (row, value) in values.enumerated() where value { bytes[row >> 3] |= 1 << (row & 7) }
      return bytes
    }
  }

  private static func plain<Value>(_ values: [Value?], _ append: (inout [UInt8], Value) -> Void) -> [UInt8] {
    var bytes = ParquetChunk.levels(values.map { $0 == nil ? 0 : 1 })
    for case .some(let value) in values { append(&bytes, value) }
    return bytes
  }
}
