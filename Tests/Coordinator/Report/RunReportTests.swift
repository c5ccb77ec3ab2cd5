import Catalog
import Foundation
import Logging
import Protocol
import Testing

@testable import Coordinator

/// Report and status of a run that lies on disk.
struct RunReportTests {
  let scratch: ScratchDirectory
  let sweep = SimulatedSweep(images: 6, seed: 21)

  init() throws { scratch = try ScratchDirectory() }

  /// Commits the sweep's outcomes but those of image 4, of which one trial is given up.
  private func makeRun() throws -> OwnedRun {
    let run = try OwnedRun(at: scratch.path + "/run", experiment: sweep.experiment, spec: Data("name: x".utf8))
    let encoded = try NaiveCounter.allTrials(sweep).filter { $0.image != 4 }.map { trial in
      let id = TrialID(stage: .sweep, unit: UInt32(trial.image), variant: UInt32(trial.variant))
      let outcome = Outcome(
        trial: id, lease: LeaseID(1), epoch: Epoch(1), attempt: 1, inputs: Digest(of: Data()),
        payload: .cells(NaiveCounter.results(sweep, image: trial.image, variant: trial.variant)), seconds: 1)
      return Store.Commit(try EncodedOutcome(outcome), by: "node/1")
    }
    try run.store.commit(encoded.reversed())
    try run.store.quarantine([(TrialID(stage: .sweep, unit: 4, variant: 0), "the image is cut short")])
    try run.store.recordKernel("OpenBLAS Haswell")
    return run
  }

  @Test func `a run's report is that of its outcomes`() throws {
    let run = try makeRun()
    let directory = try RunDirectory(reading: run.layout.root)
    let report = try directory.report(build: "1.0", beside: [directory])
    let trials = NaiveCounter.allTrials(sweep).filter { $0.image != 4 }
    let missing = MissingTrial(
      trial: TrialID(stage: .sweep, unit: 4, variant: 0), subject: "image 4", reason: "the image is cut short")
    let expected = Findings(
      try NaiveCounter.tally(sweep, trials: trials), places: try NaiveCounter.places(sweep, trials: trials),
      quarantined: [missing])
    let isEqual = report.findings == expected
    #expect(isEqual)
    #expect(report.others.count == 1 && report.others.first?.knockouts == expected.knockouts)
    #expect(report.provenance.kernels == ["OpenBLAS Haswell"])
    #expect(report.text.contains("sweep/4/0 (image 4): the image is cut short"))
  }

  @Test func `the gallery shows the images that changed most, with the predictions that were committed`() throws {
    let report = try RunDirectory(reading: makeRun().layout.root).report(build: "1.0") { Data($0.name.utf8) }
    #expect(report.gallery.map(\.knockout) == ["anchors", "open"])
    let wall = try #require(report.gallery.last)
    let variant = try #require(sweep.experiment.variants.last).index
    func changed(_ image: Int) -> Int {
      let raw = sweep.images[image]
      let now = raw.variants[variant]?.predictions.last ?? []
      return raw.gold.indices.count { token in
        raw.gold[token].map { (now[token] == $0) != (raw.baseline[5][token] == $0) } ?? false
      }
    }
    let order = [0, 1, 2, 3, 5].sorted { changed($0) == changed($1) ? $0 < $1 : changed($0) > changed($1) }.prefix(4)
    #expect(wall.exhibits.map(\.image) == order.map { "image \($0)" })
    let first = try #require(wall.exhibits.first)
    #expect(first.picture == Data(first.image.utf8))
    let raw = sweep.images[order[0]]
    func labels(_ predictions: [[Int]]) -> [[UInt16]] { predictions.map { $0.map { UInt16($0) } } }
    let walk = try #require(raw.variants[variant])
    #expect(first.baseline == labels(Array(raw.baseline[2...])))
    #expect(first.treated == labels([raw.baseline[2]] + walk.predictions))
    #expect(Set(first.targets.map { Int($0) }) == walk.targets)
    let data = GalleryData(report.gallery, grid: report.grid, classes: 4)
    let gold = Data(base64Encoded: data.walls[1][0].gold).map { Array($0) }
    #expect(gold == raw.gold.map { $0.map(UInt8.init) ?? 255 })
    #expect(data.walls[1][0].treated[0] == nil)
  }

  @Test func `a run's status can be read from its directory`() throws {
    let run = try makeRun()
    let now = Date().timeIntervalSince1970 + 60
    let snapshot = try RunDirectory(reading: run.layout.root).snapshot(now: now)
    #expect(snapshot.source == .runDirectory && snapshot.phase == .stopped)
    #expect((55...120).contains(snapshot.now - snapshot.asOf))
    let stage = try #require(snapshot.stages.last)
    let variants = sweep.experiment.variants.count + 1
    #expect(stage.total == 6 * variants && stage.done == 5 * variants && stage.quarantined == 1)
    #expect(snapshot.failures.map(\.message) == ["the image is cut short"])
    #expect(StatusText(snapshot).lines(coloured: false).contains { $0.contains("sweep/4/0  given up") })
  }

  @Test func `a coordinator that continues a run shows its effects at once, and adds to them`() throws {
    let run = try makeRun()
    let before = LiveTally(run, logger: Logger(label: "test"))
    #expect(before.effects == (try Tally(sweep.experiment, adding: run.store)).liveEffects(limit: 8))
    var after = before
    for variant in 0...sweep.experiment.variants.count {
      let outcome = Outcome(
        trial: TrialID(stage: .sweep, unit: 4, variant: UInt32(variant)), lease: LeaseID(1), epoch: Epoch(1),
        attempt: 1, inputs: Digest(of: Data()),
        payload: .cells(NaiveCounter.results(sweep, image: 4, variant: variant)),
        seconds: 1)
      after.add(try EncodedOutcome(outcome))
    }
    #expect(after.effects == (try NaiveCounter.tally(sweep)).liveEffects(limit: 8))
    #expect(after.effects != before.effects)
    // An outcome that was counted already ends the effects, not the run.
    let again = Outcome(
      trial: TrialID(stage: .sweep, unit: 4, variant: 0), lease: LeaseID(1), epoch: Epoch(1), attempt: 1,
      inputs: Digest(of: Data()), payload: .cells(NaiveCounter.results(sweep, image: 4, variant: 0)), seconds: 1)
    after.add(try EncodedOutcome(again))
    #expect(after.effects == nil)
  }
}
