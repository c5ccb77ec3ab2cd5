import Catalog
import Foundation
import Protocol

/// What waits to be made durable. Nothing leaves it before it is, so that a disk that is full for a while costs time only.
struct PendingWrites {
  /// A small fact, kept in a row of its own.
  enum Record {
    case kernel(String)
    case pause(Bool)
    case difference(TrialID, committed: Digest, other: Digest, worker: String)
    case audit(TrialID)
  }

  private var records: [Record] = []
  private var gaps: [(trial: TrialID, error: String)] = []
  private var commits: [Store.Commit] = []
  /// Committed, but their files are not written yet.
  private var unfiled: [EncodedOutcome] = []
  /// What befell leases.
  private var story: [(event: LeaseEvent, at: Double, worker: String)] = []
  /// Bytes of the outcomes that wait.
  private(set) var outcomeBytes = 0

  mutating func add(_ record: Record) { records.append(record) }

  mutating func add(gap trial: TrialID, error: String) { gaps.append((trial, error)) }

  mutating func add(_ outcome: EncodedOutcome, by worker: String) {
    commits.append(Store.Commit(outcome, by: worker))
    outcomeBytes += outcome.payload.count
  }

  mutating func add(_ event: LeaseEvent, at time: Double, worker: String) { story.append((event, time, worker)) }

  /// Makes everything but the story durable, and returns the outcomes that are so now. What can't be stays for the next time.
  mutating func perform(on store: Store, _ files: inout RunFiles) throws -> [EncodedOutcome] {
    while let record = records.first {
      try store.keep(record)
      records.removeFirst()
    }
    try store.quarantine(gaps)
    gaps.removeAll()
    if !commits.isEmpty {
      try store.commit(commits)
      CrashPoint.committed.pass()
      unfiled += commits.map(\.outcome)
      commits.removeAll()
      outcomeBytes = 0
    }
    for outcome in unfiled { try files.keep(outcome) }
    defer { unfiled.removeAll() }
    return unfiled
  }

  /// Keeps the story; soon is enough.
  mutating func keepStory(in store: Store) throws(StoreError) {
    try store.keep(story)
    story.removeAll()
  }
}

extension Store {
  fileprivate func keep(_ record: PendingWrites.Record) throws(StoreError) {
    switch record {
    case .kernel(let kernel): try recordKernel(kernel)
    case .pause(let isPaused): try recordPause(isPaused)
    case .difference(let trial, let committed, let other, let worker):
      try recordDifference(of: trial, committed: committed, other: other, by: worker)
    case .audit(let trial): try recordAudit(of: trial)
    }
  }
}
