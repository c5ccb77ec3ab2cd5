/// Waits that double each time, up to eightfold.
struct Backoff: Hashable, Sendable {
  private let first: Duration
  private var wait: Duration

  init(_ first: Duration) {
    self.first = first
    wait = first
  }

  mutating func next() -> Duration {
    defer { wait = min(wait * 2, first * 8) }
    return wait
  }

  mutating func reset() { wait = first }
}
