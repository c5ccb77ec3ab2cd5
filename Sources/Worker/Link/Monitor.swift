import Foundation

/// A value that threads share and wait on: a mutex with a condition.
///
/// `@unchecked Sendable` holds because `value` is only reached through ``withLock(_:)`` and ``wait(until:for:)``, both of
/// which hold the lock.
final class Monitor<Value: Sendable>: @unchecked Sendable {
  private var value: Value
  private let condition = NSCondition()

  init(_ value: Value) { self.value = value }

  /// Changes the value, and wakes all who wait.
  func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
    condition.lock()
    defer {
      condition.broadcast()
      condition.unlock()
    }
    return try body(&value)
  }

  /// Waits until `body` gives something, or `deadline` has passed (nil). Blocks the calling thread.
  func wait<Result, Failure: Error>(
    until deadline: ContinuousClock.Instant, for body: (inout Value) throws(Failure) -> Result?
  ) throws(Failure) -> Result? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result = try body(&value) { return result }
      let left = deadline - .now
      guard left > .zero else { return nil }
      // In steps, since the condition goes by the wall clock, which may be set.
      _ = condition.wait(until: Date(timeIntervalSinceNow: min(left / .seconds(1), 1)))
    }
  }
}
