/// How many frames a peer may send: so many at once, and so many a second in the long run. A worker that computes needs a few a
/// second; the limit is what keeps a broken one from occupying the coordinator.
struct Allowance: Hashable, Sendable {
  static let burst = 20_000.0
  static let perSecond = 5_000.0

  private var left = burst
  private var at: Instant

  init(at now: Instant) { at = now }

  /// Takes one; false if there is none.
  mutating func take(at now: Instant) -> Bool {
    left = min(Self.burst, left + (now - at).seconds * Self.perSecond)
    at = now
    guard left >= 1 else { return false }
    left -= 1
    return true
  }
}
