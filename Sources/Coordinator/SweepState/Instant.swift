/// A moment of the coordinator's monotonic clock, which the state machine is told and never reads.
public struct Instant: Hashable, Comparable, Sendable {
  /// Time since the coordinator started.
  public let elapsed: Duration

  /// The moment `elapsed` after the start.
  public init(elapsed: Duration) { self.elapsed = elapsed }

  /// The moment of the start.
  public static let start = Instant(elapsed: .zero)

  /// Whether `left` is before `right`.
  public static func < (left: Instant, right: Instant) -> Bool { left.elapsed < right.elapsed }

  /// The moment `duration` later.
  public static func + (left: Instant, duration: Duration) -> Instant { Instant(elapsed: left.elapsed + duration) }

  /// The time from `right` to `left`.
  public static func - (left: Instant, right: Instant) -> Duration { left.elapsed - right.elapsed }
}

extension Duration {
  /// In seconds.
  public var seconds: Double { self / .seconds(1) }
}
