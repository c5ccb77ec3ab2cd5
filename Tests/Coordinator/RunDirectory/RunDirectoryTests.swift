import Catalog
import Foundation
import Protocol
import Testing

@testable import Coordinator

@Suite struct RunDirectoryTests {
  let scratch: ScratchDirectory
  var path: String { "\(scratch.path)/runs/small" }

  init() throws { scratch = try ScratchDirectory() }

  private func own(_ experiment: Experiment = SmallRun.experiment()) throws -> OwnedRun {
    try OwnedRun(at: path, experiment: experiment, spec: Data("name: small\n".utf8))
  }

  @Test func `a run is created, and continued with the next epoch`() throws {
    do {
      let run = try own()
      #expect(run.epoch == Epoch(1))
      #expect(run.predecessor == nil)
      run.withdraw()
    }
    let run = try own()
    #expect(run.epoch == Epoch(2))
    #expect(run.predecessor == nil)
    let seen = try RunDirectory(reading: path)
    #expect(seen.experiment == SmallRun.experiment())
    #expect(seen.owner?.epoch == Epoch(2))
    #expect(try seen.store().committed(in: .sweep) == 0)
    #expect(FileManager.default.contents(atPath: run.layout.spec) == Data("name: small\n".utf8))
  }

  @Test func `a coordinator that died is known to the next one`() throws {
    do { _ = try own() }
    #expect(try own().predecessor?.epoch == Epoch(1))
  }

  @Test func `a second coordinator is refused and told who owns the run`() throws {
    let first = try own()
    let error = #expect(throws: RunDirectoryError.self) { try own() }
    #expect(error?.code == .inUse)
    #expect(error?.description.contains("process \(getpid()), epoch 1") == true)
    #expect(first.epoch == Epoch(1))
  }

  @Test func `a run of another experiment is refused with what differs`() throws {
    do { _ = try own() }
    let error = #expect(throws: RunDirectoryError.self) { try own(SmallRun.experiment(images: 5, seed: 8)) }
    #expect(error?.code == .otherExperiment)
    #expect(error?.description.contains("seed: 7, not 8; data.evaluate: 3 items, not 5") == true)
  }

  @Test func `a directory with something else in it is refused`() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: "\(path)/thesis.tex"))
    let error = #expect(throws: RunDirectoryError.self) { try own() }
    #expect(error?.code == .notARun)
    #expect(error?.description.contains("thesis.tex") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["thesis.tex"])
  }

  @Test func `a run that a crash kept from being created is created again`() throws {
    do { _ = try own() }
    try FileManager.default.removeItem(atPath: "\(path)/experiment.json")
    #expect(try own(SmallRun.experiment(seed: 9)).experiment.seed == 9)
  }

  @Test func `a place that can't be written is one sentence`() throws {
    try Data().write(to: URL(fileURLWithPath: "\(scratch.path)/runs"))
    let error = #expect(throws: RunDirectoryError.self) { try own() }
    #expect(error?.code == .system)
  }

  @Test func `a higher epoch announced elsewhere is noticed`() throws {
    let run = try own()
    #expect(!run.isLost)
    try RunOwner(epoch: Epoch(2)).json().write(to: URL(fileURLWithPath: run.layout.owner))
    #expect(run.isLost)
  }

  @Test func `another host's owner is watched, and refused only while it is heard`() throws {
    do { _ = try own() }
    let layout = RunLayout(root: RunDirectory.absolute(path))
    let elsewhere = #"{"host": "elsewhere", "bootID": "x", "pid": 7, "epoch": 3, "since": 0}"#
    try Data(elsewhere.utf8).write(to: URL(fileURLWithPath: layout.owner))
    let owner = try #require(RunOwner(path: layout.owner))
    #expect(!owner.isOnThisHost)
    var watched: [RunOwner] = []
    do {
      let beat = OwnerBeat(layout.owner)
      let error = #expect(throws: RunDirectoryError.self) {
        try RunOwnership(layout, patience: .seconds(3)) { watched.append($0) }
      }
      #expect(error?.code == .inUse && error?.description.contains("on elsewhere (process 7") == true)
      withExtendedLifetime(beat) {}
    }
    sleep(2)
    _ = try RunOwnership(layout, patience: .seconds(2)) { watched.append($0) }
    #expect(watched == [owner, owner])
  }

  @Test func `who lost the run leaves its successor's files alone`() throws {
    let run = try own()
    try RunOwner(epoch: Epoch(2)).json().write(to: URL(fileURLWithPath: run.layout.owner))
    try Data().write(to: URL(fileURLWithPath: run.layout.access))
    run.withdraw()
    #expect(RunOwner(path: run.layout.owner)?.epoch == Epoch(2))
    #expect(FileManager.default.fileExists(atPath: run.layout.access))
  }

  @Test func `what is no run can't be read`() {
    #expect(#expect(throws: RunDirectoryError.self) { try RunDirectory(reading: path) }?.code == .missing)
  }
}
