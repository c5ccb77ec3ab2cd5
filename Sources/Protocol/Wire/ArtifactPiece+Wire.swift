import CSweep

extension ArtifactPiece {
  func wire(in arena: MessageArena) throws(WireError) -> UnsafeMutablePointer<Sweep__ArtifactPiece> {
    try validate()
    let message = arena.message(sweep__artifact_piece__init)
    message.pointee.digest = arena.bytes(digest.bytes)
    message.pointee.size = size
    message.pointee.offset = offset
    message.pointee.data = arena.bytes(data)
    return message
  }

  init(_ wire: Sweep__ArtifactPiece) throws(WireError) {
    self.init(
      digest: try WireReading.digest(wire.digest, "artifact.digest"), size: wire.size, offset: wire.offset,
      data: try WireReading.bytes(wire.data, "artifact.data", atMost: Self.largest))
    try validate()
  }

  private func validate() throws(WireError) {
    try WireReading.require(data.count <= Self.largest, "artifact.data", "is longer than \(Self.largest) bytes")
    try WireReading.require(!data.isEmpty || size == 0, "artifact.data", "is missing")
    try WireReading.require(
      offset <= size && UInt64(data.count) <= size - offset, "artifact.offset",
      "says that \(data.count) bytes from \(offset) on lie outside the artifact's \(size)")
  }
}
