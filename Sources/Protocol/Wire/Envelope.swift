import Foundation

/// What is around every message: 32 bytes that say what follows, so that damage and another version are recognised
/// before a payload is parsed.
///
/// | bytes | content |
/// |---|---|
/// | 0 ..< 4 | `RBND` |
/// | 4 ..< 8 | protocol version, little-endian |
/// | 8 ..< 16 | length of the payload in bytes, little-endian |
/// | 16 ..< 32 | ``Checksum`` of bytes 0 ..< 16 and the payload |
///
/// These 32 bytes keep their meaning in all versions.
enum Envelope {
  static let magic = Data("RBND".utf8)
  static let length = 32

  /// The frame that carries `payload`.
  static func seal(_ payload: Data) throws(WireError) -> Data {
    guard payload.count <= WireLimits.frame - length else {
      throw WireError(
        .length, "a message of \(payload.count) bytes is longer than the \(WireLimits.frame - length) bytes allowed")
    }
    var frame = Data(capacity: length + payload.count)
    frame.append(magic)
    withUnsafeBytes(of: ProtocolVersion.current.littleEndian) { frame.append(contentsOf: $0) }
    withUnsafeBytes(of: UInt64(payload.count).littleEndian) { frame.append(contentsOf: $0) }
    frame.append(contentsOf: Checksum(of: frame, payload).bytes)
    frame.append(payload)
    return frame
  }

  /// The payload that `frame` carries, undamaged and of this version.
  static func open(_ frame: Data) throws(WireError) -> Data {
    let frame = frame[...]
    guard frame.count >= length, frame.prefix(4) == magic else {
      throw WireError(.notAFrame, "\(frame.count) bytes that are not a frame of this protocol arrived")
    }
    let header = frame.prefix(16)
    let payload = frame.dropFirst(length)
    let claimed = UInt64(littleEndian: number(header.dropFirst(8)))
    guard UInt64(payload.count) == claimed else {
      throw WireError(.length, "a frame says \(claimed) bytes follow, but \(payload.count) do")
    }
    guard frame.dropFirst(16).prefix(Checksum.length).elementsEqual(Checksum(of: header, payload).bytes) else {
      throw WireError(.checksum, "a frame of \(frame.count) bytes was damaged on the way: its checksum does not fit")
    }
    let version = UInt32(littleEndian: number(header.dropFirst(4).prefix(4)))
    guard version == ProtocolVersion.current else { throw .version(version) }
    return payload
  }

  private static func number<Number: FixedWidthInteger>(_ bytes: Data) -> Number {
    bytes.withUnsafeBytes { $0.loadUnaligned(as: Number.self) }
  }
}
