/// A value of Thrift's compact protocol: those kinds that Parquet's metadata is made of.
enum ThriftValue {
  case int32(Int32)
  case int64(Int64)
  case text(String)
  case structure(ThriftStruct)
  /// All of one kind.
  case list([ThriftValue])
}

/// A struct of Thrift's compact protocol: values by field number, ascending; nil is a field that is not there.
struct ThriftStruct: ExpressibleByDictionaryLiteral {
  private let fields: [(id: Int, value: ThriftValue)]

  init(dictionaryLiteral fields: (Int, ThriftValue?)...) {
    self.fields = fields.compactMap { id, value in value.map { (id, $0) } }
  }

  /// As it is written.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Each field is told by its distance from the one before; those of a struct's metadata here are never 16 apart.
  fileprivate func append(to bytes: inout [UInt8]) {
    var last = 0
    for (id, value) in fields {
      bytes.append(UInt8(id - last) << 4 | value.kind)
      value.append(to: &bytes)
      last = id
    }
    bytes.append(0)
  }
}

extension ThriftValue {
  fileprivate var kind: UInt8 {
    switch self {
    case .int32: 5
    case .int64: 6
    case .text: 8
    case .list: 9
    case .structure: 12
    }
  }

  fileprivate func append(to bytes: inout [UInt8]) {
    switch self {
    case .int32(let value): bytes.appendVariable(UInt64(UInt32(bitPattern: value << 1 ^ value >> 31)))
    case .int64(let value): bytes.appendVariable(UInt64(bitPattern: value << 1 ^ value >> 63))
    case .text(let text):
      bytes.appendVariable(UInt64(text.utf8.count))
      bytes += text.utf8
    case .structure(let value): value.append(to: &bytes)
    case .list(let elements):
      let kind = elements.first?.kind ?? ThriftValue.structure([:]).kind
      if elements.count < 15 {
        bytes.append(UInt8(elements.count) << 4 | kind)
      } else {
        bytes.append(0xF0 | kind)
        bytes.appendVariable(UInt64(elements.count))
      }
      for element in elements { element.append(to: &bytes) }
    }
  }
}

extension [UInt8] {
  /// Appends seven bits a byte, the lowest ones first; the highest bit says that more follow (LEB128).
  mutating func appendVariable(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// Appends the bytes of an integer, the lowest one first.
  mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
