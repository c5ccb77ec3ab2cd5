import Synchronization

/// A run's figures, made only while somebody looks at them: over thousands of cells they cost the coordinator's thread time.
final class WatchedFigures: Sendable {
  private let state = Mutex((figures: LiveFigures?.none, looked: ContinuousClock.Instant?.none))

  /// So long after the last look nobody is there any more.
  private static let patience = Duration.seconds(5)

  /// The figures made last; nil where none were wanted so far.
  func look(at now: ContinuousClock.Instant = .now) -> LiveFigures? {
    state.withLock { state in
      state.looked = now
      return state.figures
    }
  }

  /// Makes them anew if somebody has just looked; else drops them, so that nobody is shown old ones.
  func renew(at now: ContinuousClock.Instant = .now, _ make: () -> LiveFigures?) {
    let isWatched = state.withLock { state in state.looked.map { now - $0 < Self.patience } ?? false }
    let figures = isWatched ? make() : nil
    state.withLock { $0.figures = figures }
  }
}
