/// Why bytes are not a message, or a message cannot become bytes.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What a receiver may want to tell apart.
  public enum Code: Hashable, Sendable {
    /// Not a frame: another program, or damage in the first bytes.
    case notAFrame
    /// An undamaged frame of another protocol version, whose payload was not parsed.
    case version(UInt32)
    /// Shorter or longer than the frame says.
    case length
    /// Damaged on the way.
    case checksum
    /// Not a protocol buffer of the expected kind.
    case payload
    /// A field is missing, out of range or contradicts another one; its path, such as `outcomes.outcome.attempt`.
    case field(String)
  }

  /// What is wrong.
  public let code: Code
  /// One sentence for people.
  public let description: String

  /// The field `path` breaks `rule`, a phrase such as `must be at least 1`.
  init(field path: String, _ rule: String) {
    code = .field(path)
    description = "the message's field \(path) \(rule)"
  }

  /// Takes each property as it is.
  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  static func version(_ version: UInt32) -> WireError {
    WireError(
      .version(version),
      "the other side speaks protocol version \(version), this one version \(ProtocolVersion.current);"
        + " run the same version of rebound on both")
  }
}
