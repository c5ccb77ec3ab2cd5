/// Why a socket cannot do what it was asked to.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What a caller may want to tell apart.
  public enum Code: Hashable, Sendable {
    /// Not an address that this program can use.
    case endpoint
    /// It would be open to people it must be closed to.
    case insecure
    /// An access file is damaged, or lacks the key that was asked for.
    case accessFile
    /// The system or libzmq refused; an `errno`.
    case system(Int32)
  }

  /// What is wrong.
  public let code: Code
  /// One sentence for people.
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
