import CSweep

/// Class indices, [image token], as bytes: one each for at most 255 classes, else two, little-endian. All bits set is
/// ``CellResults/void``.
enum ClassIndices {
  private static func isNarrow(_ classes: Int) -> Bool { classes <= 255 }

  static func wire(_ indices: [UInt16], classes: Int, in arena: MessageArena) -> ProtobufCBinaryData {
    isNarrow(classes)
      ? arena.bytes(indices.map { UInt8(truncatingIfNeeded: $0) })
      : arena.bytes(indices.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
  }

  static func read(_ data: ProtobufCBinaryData, classes: Int, _ field: String) throws(WireError) -> [UInt16] {
    let width = isNarrow(classes) ? 1 : 2
    try WireReading.require(data.len % width == 0, field, "has \(data.len) bytes, two are needed for each token")
    try WireReading.require(
      data.len / width <= WireLimits.tokens, field, "has more than \(WireLimits.tokens) tokens")
    let bytes = UnsafeBufferPointer(start: data.data, count: data.data == nil ? 0 : data.len)
    if width == 1 { return bytes.map { $0 == .max ? CellResults.void : UInt16($0) } }
    return stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
  }
}
