import Foundation
import Synchronization

/// A moment at which a test may have this process killed, to see what a crash leaves behind: with `REBOUND_CRASH=NAME:N` in the
/// environment of a debug build, the Nth passage of that point ends it with a real SIGKILL.
public enum CrashPoint: String, CaseIterable, Sendable {
  /// The run is ours; nothing was written.
  case owned
  /// The epoch was raised; nobody was told.
  case epochRaised
  /// The owner's file names us; the run may not have an experiment yet.
  case announced
  /// Payloads were written to a segment, and may not be on the disk.
  case segmentWritten
  /// Payloads are on the disk, their rows are not.
  case segmentSynced
  /// Rows were inserted, and are not committed.
  case rowsInserted
  /// Rows are committed, and the segment's end isn't moved.
  case rowsCommitted
  /// Outcomes are durable, and files that stand for them may be missing.
  case committed
  /// Outcomes are durable, and nobody was told.
  case beforeAcknowledgement
  /// A probe's file is written.
  case probeWritten
  /// A stage has begun.
  case stageOpened
  /// The end is decided; the workers have left.
  case finished

  #if DEBUG
    private static let chosen: (point: CrashPoint, passage: Int)? = {
      let parts = (ProcessInfo.processInfo.environment["REBOUND_CRASH"] ?? "").split(separator: ":")
      guard parts.count == 2, let point = CrashPoint(rawValue: String(parts[0])), let passage = Int(parts[1]) else {
        return nil
      }
      return (point, passage)
    }()
    private static let passages = Atomic<Int>(0)

    /// The point is passed.
    public func pass() {
      guard let chosen = Self.chosen, chosen.point == self,
        Self.passages.add(1, ordering: .relaxed).newValue == chosen.passage
      else { return }
      kill(getpid(), SIGKILL)
      while true { sleep(1) }
    }
  #else
    /// Nothing happens in a release build.
    @inline(__always) public func pass() {}
  #endif
}
