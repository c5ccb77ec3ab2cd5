import Catalog
import Foundation
import Logging
import Protocol
import Testing

@testable import Worker

@Suite(.serialized) struct SpoolTests {
  private let scratch: String
  private let run = Digest(of: Data("run".utf8))

  init() throws {
    scratch = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-spool-\(UUID())").path
  }

  private func spool(limit: Int = 1 << 20) throws -> Spool { try Spool(in: scratch, of: run, limit: limit) }

  private func frame(_ unit: UInt32) throws -> Data { try ToCoordinator.outcomes([Sample.outcome(unit)]).encoded() }

  private var files: [String] {
    (FileManager.default.subpaths(atPath: scratch) ?? []).filter { $0.hasSuffix(".frame") }.sorted()
  }

  @Test func `frames are kept up to the limit, closed to others, and gone when acknowledged`() throws {
    let size = try frame(1).count
    let spool = try spool(limit: 2 * size)
    let kept = try [1, 2].map { try #require(spool.keep(try frame($0))) }
    #expect(spool.keep(try frame(3)) == nil)
    #expect(try kept[0].read() == frame(1))
    for path in [files[0], (files[0] as NSString).deletingLastPathComponent] {
      let mode = try FileManager.default.attributesOfItem(atPath: "\(scratch)/\(path)")[.posixPermissions] as? Int
      #expect(mode.map { $0 & 0o077 } == 0)
    }
    kept[0].remove()
    #expect(files.count == 1)
    #expect(spool.keep(try frame(3)) != nil)
  }

  @Test func `what a dead worker left is another one's, a living worker's is not, and damage is thrown away`() throws {
    do {
      let dead = try spool()
      for unit in 1...3 as ClosedRange<UInt32> { _ = try #require(dead.keep(try frame(unit))) }
      let other = try Spool(in: scratch, of: Digest(of: Data("another".utf8)), limit: 1 << 20)
      _ = try #require(other.keep(try frame(9)))
    }
    let damaged = try #require(files.first { $0.hasPrefix(run.short) })
    var bytes = try Data(contentsOf: URL(fileURLWithPath: "\(scratch)/\(damaged)"))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(fileURLWithPath: "\(scratch)/\(damaged)"))
    let living = try spool()
    _ = try #require(living.keep(try frame(4)))

    let heir = try spool()
    let left = heir.leftovers()
    #expect(left.flatMap(\.trials).map(\.unit).sorted() == [2, 3])
    #expect(try spool().leftovers().isEmpty, "what one worker took over, no other takes")
    for (frame, _) in left { frame.remove() }
    #expect(files.count == 2)
    #expect(heir.used == 0, "what was taken over counts like its own")
    withExtendedLifetime(living) {}
  }

  @Test func `what waits for a coordinator that never came goes after a month`() throws {
    do { _ = try #require(try Spool(in: scratch, of: Digest(of: Data("old".utf8)), limit: 1 << 20).keep(try frame(1))) }
    let folder = "\(scratch)/\(try #require(files.first?.split(separator: "/").first))"
    _ = try spool().leftovers()
    #expect(files.count == 1)
    var times = [timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000, tv_nsec: 0)]
    utimensat(AT_FDCWD, folder, &times, 0)
    _ = try spool().leftovers()
    #expect(files.isEmpty && !FileManager.default.fileExists(atPath: folder))
  }

  @Test func `a folder that others may enter is refused`() throws {
    try FileManager.default.createDirectory(
      atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    #expect(throws: TransportError.self) { try spool() }
  }

  @Test func `a worker without acknowledgements goes on until memory and spool are full, and all arrives in the end`()
    throws
  {
    let directory = try PrivateDirectory()
    let coordinator = try FakeCoordinator(at: directory.endpoint())
    let size = try frame(1).count
    var timing = LinkTiming(giveUp: .seconds(20))
    timing.unacknowledgedBytes = 2 * size
    let link = try CoordinatorLink(
      to: .endpoint(directory.endpoint(), .fileSystem), hello: Sample.hello, timing: timing,
      logger: Logger(label: "link"))
    link.use(try spool(limit: 3 * size))
    let worker = try #require(try coordinator.welcome())
    let submitted = Monitor(0)
    let thread = DedicatedThread(name: "computing") {
      for unit in 1...9 as ClosedRange<UInt32> {
        try? link.submit([Sample.outcome(unit)])
        submitted.withLock { $0 += 1 }
      }
    }
    usleep(400_000)
    #expect(submitted.withLock { $0 } == 5)
    #expect(files.count == 3)
    var acknowledged: Set<UInt32> = []
    while acknowledged.count < 9, let (trials, _) = try coordinator.receive({ $0.trials }) {
      acknowledged.formUnion(trials)
      try coordinator.send(.acknowledged(trials.map { TrialID(stage: .extract, unit: $0) }), to: worker)
    }
    #expect(thread.join(atMost: .seconds(5)))
    #expect(try link.flush(timeout: .seconds(5)))
    #expect(files.isEmpty)
  }

  @Test func `what a worker could not deliver, the next one of the run does`() throws {
    let directory = try PrivateDirectory()
    func link() throws -> CoordinatorLink {
      try CoordinatorLink(
        to: .endpoint(directory.endpoint(), .fileSystem), hello: Sample.hello, timing: LinkTiming(giveUp: .seconds(20)),
        logger: Logger(label: "link"))
    }
    do {
      let first = try link()
      first.use(try spool())
      try first.submit([Sample.outcome(1), Sample.outcome(2)])
      #expect(try !first.flush(timeout: .milliseconds(50)))
      #expect(first.spill())
      first.close(reason: "told to")
    }
    #expect(files.count == 1)
    let coordinator = try FakeCoordinator(at: directory.endpoint())
    let second = try link()
    let worker = try #require(try coordinator.welcome())
    second.use(try spool())
    #expect(try coordinator.receive { $0.trials }?.0 == [1, 2])
    try coordinator.send(.acknowledged([Sample.outcome(1).trial, Sample.outcome(2).trial]), to: worker)
    #expect(try second.flush(timeout: .seconds(5)))
    #expect(files.isEmpty)
  }
}

@Suite struct ArtifactCacheTests {
  @Test func `one process fetches, others read, and what was damaged is fetched again`() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-cache-\(UUID())").path
    let cache = try ArtifactCache(in: path)
    let artifact = Data("probe".utf8)
    let digest = Digest(of: artifact)
    let fetches = Monitor(0)
    let threads = (0..<4).map { _ in
      DedicatedThread(name: "worker") {
        let data = try? cache.artifact(digest) {
          fetches.withLock { $0 += 1 }
          usleep(100_000)
          return artifact
        }
        #expect(data == artifact)
      }
    }
    #expect(threads.allSatisfy { $0.join(atMost: .seconds(10)) })
    #expect(fetches.withLock { $0 } == 1)
    try Data("prove".utf8).write(to: URL(fileURLWithPath: "\(path)/\(digest)"))
    #expect(try cache.artifact(digest) { artifact } == artifact)
    try? FileManager.default.removeItem(atPath: path)
  }
}
