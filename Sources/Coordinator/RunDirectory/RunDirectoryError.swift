/// Why a run directory can't be used: one sentence.
public struct RunDirectoryError: Error, Sendable, CustomStringConvertible {
  /// What a caller may want to tell apart.
  public enum Code: Hashable, Sendable {
    /// There is no run there.
    case missing
    /// There is something else there, or it is damaged.
    case notARun
    /// It belongs to another experiment.
    case otherExperiment
    /// A coordinator is using it.
    case inUse
    /// The system refused something.
    case system
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
