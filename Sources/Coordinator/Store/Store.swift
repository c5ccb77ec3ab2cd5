import Catalog
import Foundation
import GRDB
import Protocol
import Synchronization

/// What a run has computed, on disk: an SQLite index of trials, and their payloads in append-only segment files.
///
/// A payload is durable before its row is, and an outcome is acknowledged after that. The only type that knows SQL.
public final class Store: Sendable {
  let layout: RunLayout
  let queue: DatabaseQueue
  /// The owner's epoch; the last owner's where the store is only read.
  public let epoch: Epoch
  /// The digest of the experiment whose numbers its trials have.
  let experiment: Digest
  /// Bytes of unacknowledged outcomes that a crash had left, and that are not used.
  public let tornBytes: UInt64
  /// Holds nil where the store is only read.
  private let writer: Mutex<SegmentWriter?>
  let readers = Mutex<[UInt32: SegmentFile]>([:])

  /// Opens the store of a run to write, creates it if there is none, and raises the epoch. The caller owns the run
  /// (``RunOwnership``).
  public static func own(_ layout: RunLayout, experiment: Digest) throws(StoreError) -> Store {
    do {
      var configuration = Configuration()
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(10)
      let queue = try DatabaseQueue(path: layout.database, configuration: configuration)
      try queue.read { db in try refuseNewer(db, layout) }
      try keepOlder(queue, layout)
      try migrator.migrate(queue)
      try demandFullSync(queue, layout)
      let epoch = try queue.write { db in
        let epoch = Epoch((try value(.epoch, in: db).flatMap { UInt64($0) } ?? 0) + 1)
        try set(.epoch, to: "\(epoch.number)", in: db)
        try set(.experiment, to: "\(experiment)", in: db)
        return epoch
      }
      return try Store(
        layout, queue, epoch, experiment, writer: SegmentWriter(layout, ends: queue.read(segmentEnds)))
    } catch {
      throw .database("opened", layout.database, error)
    }
  }

  /// Opens the store of a run to read, while a coordinator writes to it or after it died.
  public static func read(_ layout: RunLayout) throws(StoreError) -> Store {
    guard FileManager.default.fileExists(atPath: layout.database) else {
      throw StoreError(.missing, "\(layout.root) holds no results yet: \(layout.database) doesn't exist")
    }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(10)
      let queue = try DatabaseQueue(path: layout.database, configuration: configuration)
      let (epoch, experiment) = try queue.read { db in
        try refuseNewer(db, layout)
        return (
          try value(.epoch, in: db).flatMap { UInt64($0) } ?? 0, try value(.experiment, in: db).flatMap { Digest($0) }
        )
      }
      guard let experiment else {
        throw StoreError(.damaged, "\(layout.database) doesn't say which experiment it is of")
      }
      return Store(layout, queue, Epoch(epoch), experiment, writer: nil)
    } catch {
      throw .database("read", layout.database, error)
    }
  }

  private init(
    _ layout: RunLayout, _ queue: DatabaseQueue, _ epoch: Epoch, _ experiment: Digest, writer: SegmentWriter?
  ) {
    self.layout = layout
    self.experiment = experiment
    self.queue = queue
    self.epoch = epoch
    tornBytes = writer?.torn ?? 0
    self.writer = Mutex(writer)
  }

  private static func refuseNewer(_ db: Database, _ layout: RunLayout) throws {
    guard try migrator.hasBeenSuperseded(db) else { return }
    throw StoreError(
      .newer, "\(layout.root) was written by a newer version of rebound; use that version to read or continue it")
  }

  /// A store of an older version is copied, whole, before it is changed: `run.sqlite.before-N`, if N steps were to be made.
  private static func keepOlder(_ queue: DatabaseQueue, _ layout: RunLayout) throws {
    let made = try queue.read { db in try migrator.appliedMigrations(db).count }
    let missing = migrator.migrations.count - made
    guard made > 0, missing > 0 else { return }
    let copy = "\(layout.database).before-\(missing)"
    let partial = "\(copy).tmp"
    unlink(partial)
    try queue.backup(to: DatabaseQueue(path: partial))
    guard rename(partial, copy) == 0 else { throw StoreError.system("written", copy, errno) }
  }

  /// A commit must survive a power failure. GRDB relaxes `synchronous` to NORMAL when it turns WAL on, so it is set, and
  /// read back, afterwards.
  private static func demandFullSync(_ queue: DatabaseQueue, _ layout: RunLayout) throws {
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      let level = try Int.fetchOne(db, sql: "PRAGMA synchronous")
      let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
      guard level == 2, mode == "wal" else {
        throw StoreError(
          .system,
          "\(layout.database) can't be made durable (synchronous \(level ?? -1), journal \(mode ?? "unknown")); keep the"
            + " run directory on a local file system")
      }
    }
  }

  private static func segmentEnds(_ db: Database) throws -> [UInt32: UInt64] {
    var ends: [UInt32: UInt64] = [:]
    let rows = try Row.fetchCursor(db, sql: "SELECT segment, MAX(offset + length) FROM outcome GROUP BY segment")
    while let row = try rows.next() {
      let end = try row.decode(Int64.self, atIndex: 1)
      ends[try row.decode(UInt32.self, atIndex: 0)] = UInt64(max(0, end)) + UInt64(SegmentRecord.header)
    }
    return ends
  }

  /// Does something with the segments of a store that may write.
  func writing<Value>(_ body: (inout SegmentWriter) throws -> Value) throws -> Value {
    try writer.withLock { writer in
      guard var segments = writer else { throw StoreError(.system, "\(layout.root) was opened to be read only") }
      defer { writer = segments }
      return try body(&segments)
    }
  }
}
