import Catalog
import Foundation
import GRDB
import Protocol

/// A line in a trial's story, read back.
public struct StoryLine: Hashable, Sendable {
  /// When, in seconds since 1970.
  public let at: Double
  /// Of the coordinator that saw it.
  public let epoch: Epoch
  /// The lease that the trial was in.
  public let lease: LeaseID
  /// Host and process of who was given it.
  public let worker: String
  /// Which attempt it was, from 1.
  public let attempt: UInt32
  /// How many trials it befell together.
  public let together: Int
  /// What happened.
  public let kind: LeaseEvent.Kind
  /// Why, for people.
  public let reason: String?
}

extension Store {
  /// Keeps what befell leases: when (seconds since 1970), by which worker's name.
  func keep(_ events: [(event: LeaseEvent, at: Double, worker: String)]) throws(StoreError) {
    guard !events.isEmpty else { return }
    try update { db in
      let insertion = try db.cachedStatement(
        sql: """
          INSERT INTO lease_event (at, epoch, lease, worker, stage, unit, variants, attempt, kind, reason)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """)
      for (event, at, worker) in events {
        try insertion.execute(arguments: [
          at, Int64(self.epoch.number), Int64(event.lease.number), worker, event.stage.rawValue, event.unit,
          event.variants.map(String.init).joined(separator: ","), event.attempt, event.kind.rawValue, event.reason,
        ])
      }
    }
  }

  /// What befell a trial, oldest first.
  public func story(of trial: TrialID) throws(StoreError) -> [StoryLine] {
    try reading { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT at, epoch, lease, worker, attempt, variants, kind, reason FROM lease_event
          WHERE stage = ? AND unit = ? ORDER BY at, rowid
          """, arguments: [trial.stage.rawValue, trial.unit])
      var lines: [StoryLine] = []
      while let row = try rows.next() {
        let variants = try row.decode(String.self, atIndex: 5).split(separator: ",").map { UInt32($0) }
        let kind = try row.decode(String.self, atIndex: 6)
        guard variants.contains(trial.variant) else { continue }
        guard let kind = LeaseEvent.Kind(rawValue: kind) else {
          throw StoreError(.damaged, "\(layout.database) is damaged: a lease's trials can't be '\(kind)'")
        }
        lines.append(
          StoryLine(
            at: try row.decode(Double.self, atIndex: 0),
            epoch: Epoch(UInt64(max(0, try row.decode(Int64.self, atIndex: 1)))),
            lease: LeaseID(UInt64(max(0, try row.decode(Int64.self, atIndex: 2)))),
            worker: try row.decode(String.self, atIndex: 3),
            attempt: try row.decode(UInt32.self, atIndex: 4), together: variants.count, kind: kind,
            reason: try row.decode(String?.self, atIndex: 7)))
      }
      return lines
    }
  }
}
