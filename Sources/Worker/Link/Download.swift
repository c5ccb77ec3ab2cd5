import Catalog
import Foundation
import Protocol

/// An artifact on its way: one piece is asked for at a time, and again after a silence.
struct Download: Sendable {
  /// What has come so far.
  private(set) var data = Data()
  private(set) var isComplete = false
  /// When to ask (again) for the next piece.
  private(set) var due: ContinuousClock.Instant
  private let patience: Duration

  init(at now: ContinuousClock.Instant, patience: Duration) {
    due = now
    self.patience = patience
  }

  /// The request to send now, if any.
  mutating func request(_ digest: Digest, at now: ContinuousClock.Instant) -> ToCoordinator? {
    guard !isComplete, due <= now else { return nil }
    due = now + patience
    return .fetch(digest, offset: UInt64(data.count))
  }

  /// Adds a piece if it is the next one; others are repetitions.
  mutating func add(_ piece: ArtifactPiece, at now: ContinuousClock.Instant) {
    guard piece.offset == UInt64(data.count), !isComplete else { return }
    data.append(piece.data)
    isComplete = UInt64(data.count) == piece.size
    due = now
  }

  /// After a new welcome: asks again.
  mutating func makeDue(at now: ContinuousClock.Instant) { due = now }
}
