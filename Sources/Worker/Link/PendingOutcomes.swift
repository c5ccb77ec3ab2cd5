import Foundation
import Protocol

/// Outcomes that the coordinator has not acknowledged, as the frames that carry them, oldest first.
struct PendingOutcomes: Sendable {
  private struct Batch {
    let frame: Data
    var trials: Set<TrialID>
    /// When to send it again; nil until it was sent.
    var due: ContinuousClock.Instant?
    var backoff: Backoff
  }

  private var batches: [Batch] = []
  /// Bytes of all frames.
  private(set) var bytes = 0
  /// How many frames were sent again.
  private(set) var resent = 0

  var isEmpty: Bool { batches.isEmpty }

  mutating func add(_ frame: Data, of trials: some Sequence<TrialID>, resendAfter wait: Duration) {
    batches.append(Batch(frame: frame, trials: Set(trials), due: nil, backoff: Backoff(wait)))
    bytes += frame.count
  }

  mutating func acknowledge(_ trials: [TrialID]) {
    for index in batches.indices { batches[index].trials.subtract(trials) }
    batches.removeAll { $0.trials.isEmpty }
    bytes = batches.reduce(0) { $0 + $1.frame.count }
  }

  /// After a new welcome: all are due.
  mutating func makeDue(at now: ContinuousClock.Instant) {
    for index in batches.indices where batches[index].due != nil {
      batches[index].due = now
      batches[index].backoff.reset()
    }
  }

  /// The frames to send now, so that at most `limit` bytes (or one frame) are on their way.
  mutating func take(at now: ContinuousClock.Instant, inFlight limit: Int) -> [Data] {
    var inFlight = 0
    var frames: [Data] = []
    for index in batches.indices {
      let size = batches[index].frame.count
      guard inFlight == 0 || inFlight + size <= limit else { break }
      inFlight += size
      if let due = batches[index].due {
        guard due <= now else { continue }
        resent += 1
      }
      batches[index].due = now + batches[index].backoff.next()
      frames.append(batches[index].frame)
    }
    return frames
  }

  /// When ``take(at:inFlight:)`` next has something to send again.
  var nextDue: ContinuousClock.Instant? { batches.compactMap(\.due).min() }
}
