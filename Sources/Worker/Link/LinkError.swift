/// Why a worker can no longer speak with its coordinator.
public struct LinkError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What a caller may want to tell apart.
  public enum Code: Hashable, Sendable {
    /// The coordinator doesn't take this worker, and said why.
    case refused
    /// The coordinator is of another version.
    case version
    /// The coordinator has not answered for as long as the caller was ready to wait.
    case lost
    /// The address or its access file can't be used.
    case address
    /// An artifact did not come in time, or is not what its digest says.
    case artifact
    /// The link was closed.
    case closed
  }

  /// What happened.
  public let code: Code
  /// One sentence for people.
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
