import Catalog
import GRDB
import Protocol

extension Store {
  /// An outcome to keep, and who computed it (host and process).
  public struct Commit: Sendable {
    let outcome: EncodedOutcome
    let worker: String

    /// Takes each property as it is.
    public init(_ outcome: EncodedOutcome, by worker: String) {
      self.outcome = outcome
      self.worker = worker
    }
  }

  /// Makes outcomes durable: all of them when it returns, none if it throws. Throws where a trial has an outcome, where the
  /// disk is full, and where another coordinator has taken the run over.
  public func commit(_ commits: [Commit]) throws(StoreError) {
    guard !commits.isEmpty else { return }
    do {
      try writing { segments in
        let places = try segments.append(commits.map { ($0.outcome.trial, $0.outcome.payload) })
        do {
          try write { db in
            for (commit, place) in zip(commits, places) { try Self.insert(commit, at: place, into: db) }
            CrashPoint.rowsInserted.pass()
          }
          CrashPoint.rowsCommitted.pass()
          segments.keep()
        } catch {
          segments.retract()
          throw error
        }
      }
    } catch {
      throw .database("written", layout.database, error)
    }
  }

  private static func insert(_ commit: Commit, at place: SegmentWriter.Place, into db: Database) throws {
    let outcome = commit.outcome
    let trial = outcome.trial
    try db.cachedStatement(
      sql: """
        INSERT INTO outcome (stage, unit, variant, segment, offset, length, digest, inputs, artifact, worker, epoch, attempt, seconds)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      trial.stage.rawValue, trial.unit, trial.variant, place.segment, Int64(place.offset), place.length,
      outcome.digest.blob, outcome.inputs.blob, outcome.artifact?.blob, commit.worker, Int64(outcome.epoch.number),
      outcome.attempt, outcome.seconds,
    ])
    try db.cachedStatement(sql: "DELETE FROM quarantine WHERE stage = ? AND unit = ? AND variant = ?")
      .execute(arguments: [trial.stage.rawValue, trial.unit, trial.variant])
  }

  /// Keeps that trials are missing, and why.
  public func quarantine(_ trials: [(trial: TrialID, error: String)]) throws(StoreError) {
    guard !trials.isEmpty else { return }
    try update { db in
      for (trial, error) in trials {
        try db.execute(
          sql: "INSERT OR REPLACE INTO quarantine (stage, unit, variant, error) VALUES (?, ?, ?, ?)",
          arguments: [trial.stage.rawValue, trial.unit, trial.variant, error])
      }
    }
  }

  /// Keeps that a worker's outcome of a trial differs from the committed one.
  public func recordDifference(
    of trial: TrialID, committed: Digest, other: Digest, by worker: String
  ) throws(StoreError) {
    try update { db in
      try db.execute(
        sql:
          "INSERT INTO difference (stage, unit, variant, committed, other, worker, epoch) VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          trial.stage.rawValue, trial.unit, trial.variant, committed.blob, other.blob, worker, Int64(self.epoch.number),
        ])
    }
  }

  /// Keeps that a trial was computed again and compared with what was committed.
  func recordAudit(of trial: TrialID) throws(StoreError) {
    try update { db in
      try db.execute(
        sql: "UPDATE outcome SET audited = 1 WHERE stage = ? AND unit = ? AND variant = ?",
        arguments: [trial.stage.rawValue, trial.unit, trial.variant])
    }
  }

  /// Keeps the kernel that all workers of the run must have.
  public func recordKernel(_ kernel: String) throws(StoreError) {
    try update { db in try Self.set(.kernel, to: kernel, in: db) }
  }

  /// Keeps whether work is given out.
  public func recordPause(_ isPaused: Bool) throws(StoreError) {
    try update { db in try Self.set(.paused, to: isPaused ? "yes" : "no", in: db) }
  }

  /// Forgets outcomes whose files are lost, so that they are computed again.
  public func forget(_ trials: [TrialID]) throws(StoreError) {
    try update { db in
      for trial in trials {
        try db.execute(
          sql: "DELETE FROM outcome WHERE stage = ? AND unit = ? AND variant = ?",
          arguments: [trial.stage.rawValue, trial.unit, trial.variant])
      }
    }
  }

  func update(_ body: (Database) throws -> Void) throws(StoreError) {
    do { try writing { _ in try write(body) } } catch { throw .database("written", layout.database, error) }
  }

  /// One transaction, of the owner alone.
  private func write(_ body: (Database) throws -> Void) throws {
    try queue.write { db in
      let current = try Self.value(.epoch, in: db)
      guard current == "\(epoch.number)" else {
        throw StoreError(
          .fenced, "another coordinator (epoch \(current ?? "unknown")) has taken over \(layout.root); this one stops")
      }
      try body(db)
    }
  }
}
