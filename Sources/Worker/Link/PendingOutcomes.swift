import Foundation
import Protocol

/// Outcomes that the coordinator has not acknowledged, as the frames that carry them, oldest first.
struct PendingOutcomes: Sendable {
  /// Where a frame is.
  enum Frame: Sendable {
    case memory(Data)
    case spooled(SpooledFrame)

    var bytes: Int {
      switch self {
      case .memory(let data): data.count
      case .spooled(let frame): frame.bytes
      }
    }

    /// Its bytes; nil where they can't be read any more.
    var data: Data? {
      switch self {
      case .memory(let data): data
      case .spooled(let frame): frame.read()
      }
    }
  }

  private struct Batch {
    var frame: Frame
    var trials: Set<TrialID>
    /// When to send it again; nil until it was sent.
    var due: ContinuousClock.Instant?
    var backoff: Backoff
  }

  private var batches: [Batch] = []
  /// Bytes of the frames in memory.
  private(set) var bytes = 0
  /// How many frames were sent again.
  private(set) var resent = 0

  var isEmpty: Bool { batches.isEmpty }
  /// How many frames there are.
  var count: Int { batches.count }
  /// Whether all are on disk.
  var isSpooled: Bool { bytes == 0 }

  mutating func add(_ frame: Frame, of trials: some Sequence<TrialID>, resendAfter wait: Duration) {
    batches.append(Batch(frame: frame, trials: Set(trials), due: nil, backoff: Backoff(wait)))
    reckon()
  }

  mutating func acknowledge(_ trials: [TrialID]) {
    for index in batches.indices { batches[index].trials.subtract(trials) }
    for batch in batches where batch.trials.isEmpty {
      if case .spooled(let frame) = batch.frame { frame.remove() }
    }
    batches.removeAll { $0.trials.isEmpty }
    reckon()
  }

  /// Moves what is in memory to the disk, as far as there is room.
  mutating func spill(into spool: Spool) {
    for index in batches.indices {
      guard case .memory(let data) = batches[index].frame else { continue }
      guard let frame = spool.keep(data) else { break }
      batches[index].frame = .spooled(frame)
    }
    reckon()
  }

  private mutating func reckon() {
    bytes = batches.reduce(0) { if case .memory(let data) = $1.frame { $0 + data.count } else { $0 } }
  }

  /// After a new welcome: all are due.
  mutating func makeDue(at now: ContinuousClock.Instant) {
    for index in batches.indices where batches[index].due != nil {
      batches[index].due = now
      batches[index].backoff.reset()
    }
  }

  /// The frames to send now, so that at most `limit` bytes (or one frame) are on their way. One that can't be read any more is
  /// given up: its trials will be computed again.
  mutating func take(at now: ContinuousClock.Instant, inFlight limit: Int) -> [Data] {
    var inFlight = 0
    var frames: [Data] = []
    var unreadable: [Int] = []
    for index in batches.indices {
      let size = batches[index].frame.bytes
      guard inFlight == 0 || inFlight + size <= limit else { break }
      inFlight += size
      if let due = batches[index].due {
        guard due <= now else { continue }
        resent += 1
      }
      batches[index].due = now + batches[index].backoff.next()
      guard let data = batches[index].frame.data else {
        unreadable.append(index)
        continue
      }
      frames.append(data)
    }
    for index in unreadable.reversed() { batches.remove(at: index) }
    return frames
  }

  /// When ``take(at:inFlight:)`` next has something to send again.
  var nextDue: ContinuousClock.Instant? { batches.compactMap(\.due).min() }
}
