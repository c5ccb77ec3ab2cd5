/// How a coordinator ended.
public enum RunResult: Hashable, Sendable {
  /// Every trial is committed.
  case finished
  /// Every trial is committed but so many, which were given up.
  case finishedWithMissing(Int)
  /// It was told to stop; a later start continues.
  case stopped(reason: String)
}

/// Why a run can't go on: one sentence.
public struct RunFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence for people.
  public let description: String
}
