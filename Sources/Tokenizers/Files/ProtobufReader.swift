/// Walks the fields of a protobuf message that nobody vouches for.
struct ProtobufReader {
  /// A field's value as it is on the wire.
  enum Value {
    case varint(UInt64)
    /// Eight or four bytes.
    case fixed(ArraySlice<UInt8>)
    /// Text, bytes, or a message of its own.
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field; nil at the end. Throws if the message is cut off or damaged.
  mutating func next() throws(Damaged) -> (field: UInt64, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let tag = try varint()
    switch tag & 7 {
    case 0: return (tag >> 3, .varint(try varint()))
    case 1: return (tag >> 3, .fixed(try take(8)))
    case 2: return (tag >> 3, .bytes(try take(try varint())))
    case 5: return (tag >> 3, .fixed(try take(4)))
    default: throw Damaged()
    }
  }

  /// Not a protobuf message.
  struct Damaged: Error {}

  private mutating func varint() throws(Damaged) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { throw Damaged() }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Damaged()
  }

  private mutating func take(_ count: UInt64) throws(Damaged) -> ArraySlice<UInt8> {
    guard let count = Int(exactly: count), count <= rest.count else { throw Damaged() }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
