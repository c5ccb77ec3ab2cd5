import Foundation
import Protocol

/// What was found becomes durable, and only then is acknowledged.
extension ServerLoop {
  /// Writes to the run. Where the disk can't take it for now, no work is given out until it can, and nothing is tried meanwhile.
  func keep(_ write: () throws -> Void) throws {
    if let nextWrite, SuspendingClock.now < nextWrite { return }
    do { try write() } catch let error as StoreError where error.mayPass {
      nextWrite = SuspendingClock.now + Self.writeRetry
      return try feed(.storage(obstacle: error.problem))
    }
    guard nextWrite != nil else { return }
    nextWrite = nil
    try feed(.storage(obstacle: nil))
  }

  /// Makes everything durable that waits for it, then acknowledges it.
  func flush() throws {
    var durable: [EncodedOutcome] = []
    let start = ContinuousClock.now
    try keep { durable = try writes.perform(on: run.store, &files) }
    guard !durable.isEmpty else { return }
    counts.commits += 1
    counts.commitSeconds += (ContinuousClock.now - start) / .seconds(1)
    for outcome in durable { tally.add(outcome) }
    try afterCommit()
    CrashPoint.beforeAcknowledgement.pass()
    try feed(.committed(durable.map(\.trial)))
    try flush()
  }
}
