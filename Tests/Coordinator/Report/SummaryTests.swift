import Catalog
import Foundation
import Testing

@testable import Coordinator

struct SummaryTests {
  private func points(_ outcomes: MadeUpOutcomes, others: [Findings] = []) throws -> [Summary.Point] {
    Summary(try outcomes.report(others: others)).points
  }

  @Test func `an effect beyond the control's is found`() throws {
    let anchors = try #require(try points(MadeUpOutcomes()).first { $0.text.contains("“anchors”") })
    #expect(anchors.kind == .finding && anchors.text.contains("the largest of 6 windows"))
    #expect(anchors.text.contains("which edges are edited matters"))
    #expect(anchors.text.contains("Tested together, ") && anchors.text.contains("of 6 windows have an effect"))
    #expect(anchors.text.contains("adjusted\u{A0}p"))
    let whole = try #require(try points(MadeUpOutcomes()).first { $0.text.contains("“correct-to-wrong”") })
    #expect(whole.text.contains("as many edges to “wrong” at matched distance") && !whole.text.contains("windows"))
  }

  @Test func `without an effect none is claimed`() throws {
    let all = try points(MadeUpOutcomes(cost: 0))
    let whole = try #require(all.first { $0.text.contains("“correct-to-wrong”") })
    #expect(whole.kind == .nothing && whole.text.contains("no effect beyond the control's could be shown"))
    let open = try #require(all.first { $0.text.contains("“bidirectional”") })
    #expect(open.kind == .nothing)
  }

  @Test func `too few matched edges forbid a claim`() throws {
    let anchors = try #require(try points(MadeUpOutcomes(matched: 0.5)).first { $0.text.contains("“anchors”") })
    #expect(anchors.kind == .nothing && anchors.text.contains("matches only 50 %"))
  }

  @Test func `which part of an image was computed is a caveat`() throws {
    let sweep = SimulatedSweep(images: 1, seed: 2)
    let whole = try JSONEncoder().encode(sweep.experiment)
    #expect(!String(decoding: whole, as: UTF8.self).contains("tiling"))
    for tiling in [Tiling.baseImage, .singleTile] {
      let text = String(decoding: whole, as: UTF8.self)
        .replacing("\"visionLayers\":", with: "\"tiling\":\"\(tiling.rawValue)\",\"visionLayers\":")
      let experiment = try JSONDecoder().decode(Experiment.self, from: Data(text.utf8))
      let provenance = try Provenance(experiment: experiment, build: "1", kernels: [], nondeterminism: 0)
      let tally = try NaiveCounter.tally(sweep, trials: [(0, 0)])
      let report = Report(findings: Findings(tally, quarantined: [], replicates: 5), provenance: provenance)
      #expect(Summary(report).points.contains { $0.kind == .caveat && $0.text == tiling.sentence }, "\(tiling)")
    }
  }

  @Test func `an effect that cannot be computed says why`() throws {
    // The treatment of one image is in, none of its control draws.
    let sweep = SimulatedSweep(images: 1, seed: 2)
    let some = try NaiveCounter.tally(sweep, trials: [(0, 0), (0, 1)])
    let provenance = try Provenance(experiment: sweep.experiment, build: "1", kernels: [], nondeterminism: 0)
    let report = Report(findings: Findings(some, quarantined: [], replicates: 5), provenance: provenance)
    let anchors = try #require(Summary(report).points.first { $0.text.contains("“anchors”") })
    #expect(anchors.text == "“anchors” has no effect to show: no image is complete.")
  }

  @Test func `runs beside each other are set in one table, and what makes them incomparable is said`() throws {
    let same = try MadeUpOutcomes(name: "twin").report(replicates: 20).findings
    let beside = try MadeUpOutcomes().report(others: [same], replicates: 20)
    let rows = try #require(beside.comparison?.rows)
    #expect(rows.map(\.name) == ["made-up scenes", "twin"])
    #expect(rows[1].estimates[2].0 == same.dropOff && rows[1].estimates[6].0 == same.sites.last?.netRecovery)
    #expect(beside.comparison?.obstacle == nil)
    #expect(beside.text.contains("Side by side") && beside.text.contains("twin"))
    let page = try beside.page(charts: ChartLibrary())
    #expect(page.contains("<h3>Side by side</h3>"))
    let others = try MadeUpOutcomes(name: "others", classes: ["left", "right"]).report(replicates: 20).findings
    let caveats = Summary(try MadeUpOutcomes().report(others: [others], replicates: 20)).points.map(\.text)
    #expect(caveats.contains { $0.contains("made-up scenes and others have other classes") })
    #expect(try MadeUpOutcomes().report(replicates: 20).comparison == nil)
  }

  @Test func `a gain at the adapter is not called a drop`() throws {
    let adapter = try #require(try points(MadeUpOutcomes()).first)
    #expect(adapter.kind == .nothing && adapter.text.contains("but a gain (+"))
  }

  @Test func `few clusters, missing trials, the floor and the control's limits are said`() throws {
    let outcomes = MadeUpOutcomes(images: 10, perCluster: 2)
    let texts = try points(outcomes).filter { $0.kind == .caveat }.map(\.text)
    #expect(texts.contains { $0.contains("5 clusters of 10 images, fewer than 30") })
    #expect(texts.contains { $0.contains("does not compute that floor") })
    #expect(texts.contains { $0.contains("whether the source is correct") })
    #expect(texts.contains { $0.contains("adjusted for all windows and sites of one knockout") })
    let unfinished = Report(
      findings: Findings(Tally(outcomes.experiment), quarantined: [], replicates: 5),
      provenance: try outcomes.report(replicates: 5).provenance)
    #expect(Summary(unfinished).points.map(\.text) == ["No image is complete yet, so there is nothing to report."])
    #expect(unfinished.text.contains("–"))
  }

  @Test func `another run stands beside it`() throws {
    let twin = Findings(try MadeUpOutcomes(name: "untrained twin", seed: 5).tally(), quarantined: [], replicates: 50)
    #expect(try points(MadeUpOutcomes(), others: [twin]).contains { $0.text.hasPrefix("In untrained twin, ") })
  }
}
