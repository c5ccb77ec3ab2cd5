import Synchronization

/// The first error that any thread reported.
final class ErrorBox: Sendable {
  private let stored = Mutex<(any Error)?>(nil)

  /// Keeps `error`, unless there is one.
  func set(_ error: any Error) { stored.withLock { if $0 == nil { $0 = error } } }

  /// The first error, if any.
  var error: (any Error)? { stored.withLock { $0 } }
}
