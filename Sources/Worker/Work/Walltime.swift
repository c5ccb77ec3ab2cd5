/// When a batch system will end this worker.
public struct Walltime: Hashable, Sendable {
  let end: ContinuousClock.Instant

  /// Ends after `duration`, from now.
  public init(_ duration: Duration) { end = .now + duration }

  /// What is kept back for the last outcomes to arrive.
  private static let margin = Duration.seconds(10)

  func left(at now: ContinuousClock.Instant) -> Duration { max(.zero, end - now) }

  /// Whether one more wave, which takes about as long as the last one took, can still be finished.
  func allows(wave: Duration, at now: ContinuousClock.Instant) -> Bool { left(at: now) > wave * 1.5 + Self.margin }
}
