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

  @Test func `what was not committed is cut off when the run is opened again`() throws {
    do { try commit([trial(0)], to: Store.own(layout, experiment: digest)) }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: layout.segment(1)))
    let end = try file.seekToEnd()
    try file.write(contentsOf: Data(repeating: 7, count: 100))
    try file.close()
    let store = try Store.own(layout, experiment: digest)
    #expect(store.tornBytes == 100)
    try commit([trial(1)], to: store)
    #expect(try store.outcome(of: trial(1))?.payload == SmallRun.payload(of: trial(1)))
    let size = try FileManager.default.attributesOfItem(atPath: layout.segment(1))[.size] as? UInt64
    #expect(size == end + UInt64(try SmallRun.encoded(trial(1)).payload.count) + 32)
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

  @Test func `a disk that takes no more is one sentence, leaves nothing half-written, and a later start continues`()
    throws
  {
    do { try commit([trial(0)], to: Store.own(layout, experiment: digest)) }
    let content = try Data(contentsOf: URL(fileURLWithPath: layout.segment(1)))
    // A file in memory that may not grow stands in for the full disk.
    let descriptor = try sealableFile()
    defer { close(descriptor) }
    #expect(content.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == content.count)
    #expect(fcntl(descriptor, addSeals, sealGrow) == 0)
    unlink(layout.segment(1))
    symlink("/proc/self/fd/\(descriptor)", layout.segment(1))
    do {
      let store = try Store.own(layout, experiment: digest)
      let error = #expect(throws: StoreError.self) { try commit([trial(1)], to: store) }
      #expect(error?.code == .system)
      #expect(error?.description.contains("0001.seg") == true)
      #expect(try store.committed(in: .sweep) == 1)
    }
    unlink(layout.segment(1))
    try content.write(to: URL(fileURLWithPath: layout.segment(1)))
    let store = try Store.own(layout, experiment: digest)
    try commit([trial(1)], to: store)
    #expect(try store.outcome(of: trial(0))?.payload == SmallRun.payload(of: trial(0)))
    #expect(try store.outcome(of: trial(1))?.payload == SmallRun.payload(of: trial(1)))
  }

  // <linux/memfd.h> and <linux/fcntl.h>, which Foundation doesn't export.
  private var allowSealing: UInt32 { 2 }
  private var addSeals: Int32 { 1_033 }
  private var sealGrow: Int32 { 4 }

  private func sealableFile() throws -> Int32 {
    typealias Create = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
    let symbol = try #require(dlsym(nil, "memfd_create"))
    return unsafeBitCast(symbol, to: Create.self)("segment", allowSealing)
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
