import Catalog
import Foundation
import GRDB
import Protocol
import Testing

@testable import Coordinator

@Suite struct StoreTests {
  let scratch: ScratchDirectory
  let layout: RunLayout
  let digest = Digest(of: Data("experiment".utf8))

  init() throws {
    scratch = try ScratchDirectory()
    layout = RunLayout(root: scratch.path)
    for directory in layout.directories {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }
  }

  private func trial(_ variant: UInt32, unit: UInt32 = 0) -> TrialID {
    TrialID(stage: .sweep, unit: unit, variant: variant)
  }

  private func commit(_ trials: [TrialID], to store: Store) throws {
    try store.commit(trials.map { Store.Commit(try SmallRun.encoded($0), by: "n1/1") })
  }

  @Test func `committed outcomes are read back in order after a restart`() throws {
    let trials = [trial(2), trial(0), trial(1, unit: 3), trial(1)]
    do {
      let store = try Store.own(layout, experiment: digest)
      try commit(Array(trials.prefix(2)), to: store)
      try commit(Array(trials.suffix(2)), to: store)
    }
    let store = try Store.own(layout, experiment: digest)
    #expect(store.epoch == Epoch(2))
    var read: [StoredOutcome] = []
    try store.forEachOutcome(of: .sweep) { read.append($0) }
    #expect(read.map(\.trial) == trials.sorted())
    #expect(read.map(\.payload) == trials.sorted().map { SmallRun.payload(of: $0) })
    #expect(read.allSatisfy { $0.worker == "n1/1" && $0.attempt == 1 && $0.seconds == 0.5 })
    #expect(try store.recovered().committed.count == 4)
    #expect(try store.outcome(of: trial(7)) == nil)
  }

  @Test func `the writer syncs fully`() throws {
    let store = try Store.own(layout, experiment: digest)
    let level = try store.queue.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    #expect(level == 2)
  }

  @Test func `what was not committed is never read, and a new owner writes to segments of its own`() throws {
    let first = try Store.own(layout, experiment: digest)
    try commit([trial(0)], to: first)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: layout.segment(1)))
    _ = try file.seekToEnd()
    try file.write(contentsOf: Data(repeating: 7, count: 100))
    try file.close()
    let store = try Store.own(layout, experiment: digest)
    #expect(store.tornBytes == 100)
    try commit([trial(1)], to: store)
    // The former owner still writes, on a host that can't see the lock.
    #expect(throws: StoreError.self) { try commit([trial(2)], to: first) }
    #expect(try store.outcome(of: trial(0))?.payload == SmallRun.payload(of: trial(0)))
    #expect(try store.outcome(of: trial(1))?.payload == SmallRun.payload(of: trial(1)))
    #expect(FileManager.default.fileExists(atPath: layout.segment(2)))
  }

  /// As a power failure may leave it on a disk that lied.
  @Test func `a torn tail of the index's log costs only what it held`() throws {
    let store = try Store.own(layout, experiment: digest)
    for variant in 0..<4 { try commit([trial(UInt32(variant))], to: store) }
    let log = "\(layout.database)-wal"
    let size = try #require(try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int)
    var seen: Set<Int> = []
    for cut in stride(from: 1, through: size, by: 997) {
      let other = RunLayout(root: "\(scratch.path)/copy-\(cut)")
      try FileManager.default.createDirectory(atPath: other.root, withIntermediateDirectories: true)
      for folder in ["state", "segments"] {
        try FileManager.default.copyItem(atPath: "\(layout.root)/\(folder)", toPath: "\(other.root)/\(folder)")
      }
      unlink("\(other.database)-shm")
      truncate("\(other.database)-wal", off_t(size - cut))
      let reopened = try Store.own(other, experiment: digest)
      let left = try reopened.trials(in: .sweep)
      #expect(left == (0..<left.count).map { trial(UInt32($0)) }, "a commit is torn")
      seen.insert(left.count)
      try commit((left.count..<4).map { trial(UInt32($0)) }, to: reopened)
      for variant in 0..<4 {
        #expect(
          try reopened.outcome(of: trial(UInt32(variant)))?.payload == SmallRun.payload(of: trial(UInt32(variant))))
      }
    }
    #expect(seen.count > 2)
  }

  @Test func `a store of an older version is copied before it is changed`() throws {
    do {
      let queue = try DatabaseQueue(path: layout.database)
      try Store.migrator.migrate(queue, upTo: "1: outcomes")
      try queue.write { try Store.set(.epoch, to: "4", in: $0) }
    }
    #expect(throws: StoreError.self) { try Store.read(layout).committed(in: .sweep) }
    do {
      let store = try Store.own(layout, experiment: digest)
      #expect(store.epoch == Epoch(5))
      try commit([trial(0)], to: store)
    }
    let copy = "\(layout.database).before-\(Store.migrator.migrations.count - 1)"
    let old = try DatabaseQueue(path: copy)
    #expect(try old.read { try Store.value(.epoch, in: $0) } == "4")
    #expect(try old.read { try Store.migrator.appliedMigrations($0) } == ["1: outcomes"])
    // Only once.
    unlink(copy)
    _ = try Store.own(layout, experiment: digest)
    #expect(!FileManager.default.fileExists(atPath: copy))
  }

  /// A file system can't be made read-only under files that are open, so what follows from its errors is all that is tested.
  @Test func `errors of a disk that is full, read-only or failing may pass, and others don't`() {
    for code in [ENOSPC, EDQUOT, EROFS, EIO] { #expect(StoreError.system("written", "/run", code).mayPass) }
    for code in [ResultCode.SQLITE_FULL, .SQLITE_READONLY, .SQLITE_IOERR] {
      #expect(StoreError.database("written", "/run", DatabaseError(resultCode: code)).mayPass)
    }
    for code in [EACCES, ENOENT] { #expect(!StoreError.system("written", "/run", code).mayPass) }
    #expect(!StoreError.database("read", "/run", DatabaseError(resultCode: .SQLITE_CORRUPT)).mayPass)
    #expect(!StoreError.system("written", "/run", ENOSPC).problem.contains("same command"))
  }

  @Test func `a segment that is too short is an error that names it`() throws {
    do { try commit([trial(0)], to: Store.own(layout, experiment: digest)) }
    truncate(layout.segment(1), 20)
    let error = #expect(throws: StoreError.self) { try Store.own(layout, experiment: digest) }
    #expect(error?.code == .damaged)
    #expect(error?.description.contains("0001.seg") == true)
  }

  @Test func `a payload that was altered is an error that names the trial`() throws {
    let store = try Store.own(layout, experiment: digest)
    try commit([trial(0)], to: store)
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: layout.segment(1)))
    try file.seek(toOffset: 60)
    try file.write(contentsOf: Data([255]))
    let error = #expect(throws: StoreError.self) { try store.outcome(of: trial(0)) }
    #expect(error?.code == .damaged)
    #expect(error?.description.contains("sweep/0/0") == true)
  }

  @Test func `a batch with a trial that has an outcome leaves nothing behind`() throws {
    let store = try Store.own(layout, experiment: digest)
    try commit([trial(0)], to: store)
    let size = try FileManager.default.attributesOfItem(atPath: layout.segment(1))[.size] as? UInt64
    #expect(throws: StoreError.self) { try commit([trial(1), trial(0)], to: store) }
    #expect(try store.outcome(of: trial(1)) == nil)
    #expect(try FileManager.default.attributesOfItem(atPath: layout.segment(1))[.size] as? UInt64 == size)
    try commit([trial(1)], to: store)
    #expect(try store.committed(in: .sweep) == 2)
  }

  /// A folder that is not there stands in for the full disk, which ``DiskFullTests`` has.
  @Test func `a disk that takes no segment is one sentence, and the same store continues when it does`() throws {
    let store = try Store.own(layout, experiment: digest)
    let away = "\(scratch.path)/away"
    #expect(rename(layout.segments, away) == 0)
    let error = #expect(throws: StoreError.self) { try commit([trial(1)], to: store) }
    #expect(error?.code == .system)
    #expect(error?.description.contains(layout.segments) == true)
    #expect(try store.committed(in: .sweep) == 0)
    #expect(rename(away, layout.segments) == 0)
    try commit([trial(0), trial(1)], to: store)
    #expect(try store.outcome(of: trial(1))?.payload == SmallRun.payload(of: trial(1)))
  }

  @Test func `a full disk's error says what to do`() {
    #expect(StoreError.system("written", "/runs/a", ENOSPC).description.contains("No space left on device; make room"))
  }

  @Test func `a store of a newer version is refused`() throws {
    do {
      let store = try Store.own(layout, experiment: digest)
      try store.queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: the future')") }
    }
    let error = #expect(throws: StoreError.self) { try Store.own(layout, experiment: digest) }
    #expect(error?.code == .newer)
    #expect(#expect(throws: StoreError.self) { try Store.read(layout) }?.code == .newer)
  }

  @Test func `a coordinator that was taken over commits nothing more`() throws {
    let old = try Store.own(layout, experiment: digest)
    try commit([trial(0)], to: old)
    let new = try Store.own(layout, experiment: digest)
    let error = #expect(throws: StoreError.self) { try commit([trial(1)], to: old) }
    #expect(error?.code == .fenced)
    try commit([trial(1)], to: new)
    #expect(try new.outcome(of: trial(1))?.payload == SmallRun.payload(of: trial(1)))
    #expect(try new.outcome(of: trial(0))?.payload == SmallRun.payload(of: trial(0)))
  }

  @Test func `a reader sees what a living writer has committed, and can't write`() throws {
    let store = try Store.own(layout, experiment: digest)
    try commit([trial(0)], to: store)
    let reader = try Store.read(layout)
    #expect(try reader.committed(in: .sweep) == 1)
    try commit([trial(1)], to: store)
    #expect(try reader.committed(in: .sweep) == 2)
    #expect(throws: StoreError.self) { try commit([trial(2)], to: reader) }
  }

  @Test func `a quarantined trial is forgiven when its outcome comes`() throws {
    let store = try Store.own(layout, experiment: digest)
    try store.quarantine([(trial(0), "it failed"), (trial(1), "it failed")])
    try commit([trial(0)], to: store)
    #expect(try store.quarantined().map(\.trial) == [trial(1)])
  }

  @Test func `a second segment is begun when the first is long, and both are read`() throws {
    let store = try Store.own(layout, experiment: digest)
    try commit([trial(0)], to: store)
    truncate(layout.segment(1), off_t(SegmentWriter.segmentSize))
    try store.queue.write { db in
      try db.execute(
        sql: "UPDATE outcome SET offset = ?", arguments: [Int64(SegmentWriter.segmentSize) - 32 - Int64(try length(db))]
      )
    }
    let next = try Store.own(layout, experiment: digest)
    try commit([trial(1)], to: next)
    #expect(FileManager.default.fileExists(atPath: layout.segment(2)))
    #expect(try next.outcome(of: trial(1))?.payload == SmallRun.payload(of: trial(1)))
  }

  private func length(_ db: Database) throws -> Int { try Int.fetchOne(db, sql: "SELECT length FROM outcome") ?? 0 }
}
