import Catalog
import Protocol
import Testing

@testable import Coordinator

/// Cases small enough to count by hand, and those where a number does not exist.
struct SmallCaseTests {
  /// One knockout in window 1 on a model of one layer; sites adapter and llm.1; two classes, four tokens an image.
  static func experiment(images: Int, control: Knockout.MatchedControl? = nil, classes: Int = 2) -> Experiment {
    let whole = SimulatedSweep.experiment(images: images, perCluster: 1, classes: classes, knockouts: [])
    let knockout = Knockout(
      name: "all", edit: .block, queries: .wrong(.reference), keys: .image,
      windows: [LayerWindow(first: 1, last: 1)], control: control)
    return Experiment(
      name: "small",
      model: .init(
        directory: "/m", identity: whole.model.identity, prefixTokenIDs: [1], layers: 1, visionLayers: 1,
        featureSite: .vision(0), grid: Grid(rows: 2, columns: 2)),
      data: whole.data,
      probes: .init(
        sites: [.adapter, .llm(1)], method: .softmax, targets: .majority, l2: [1], tokensPerImage: 1, file: nil),
      reference: .adapter, knockouts: [knockout], horizon: nil, compute: .init(kernel: .uniform), seed: 1)
  }

  /// Gold 0 0 1 1. At the adapter 0 1 1 0 (W = tokens 1 and 3), at llm.1 0 0 1 0 in the baseline and `now` under the
  /// knockout, whose target is W.
  static func sweep(_ experiment: Experiment, now: [Int], gold: [Int?] = [0, 0, 1, 1], effective: UInt32 = 6)
    -> SimulatedSweep
  {
    let adapter = gold.enumerated().map { $0.offset % 2 == 1 ? 1 - ($0.element ?? 0) : $0.element ?? 0 }
    let walks = experiment.variants.map { variant in
      let isControl = if case .control = variant.arm { true } else { false }
      let edges: UInt32 = variant.arm == .treatment ? 6 : effective
      return (
        variant.index,
        SimulatedSweep.Walk(
          targets: [1, 3], predictions: [isControl ? [0, 0, 1, 0] : now],
          edges: .init(effective: edges, treatment: 6, distance: UInt64(edges)))
      )
    }
    return SimulatedSweep(
      experiment: experiment,
      images: experiment.data.evaluate.map { _ in
        .init(
          gold: gold, baseline: [adapter, [0, 0, 1, 0]], variants: Dictionary(uniqueKeysWithValues: walks))
      })
  }

  @Test func `counts by hand`() throws {
    // Without the edges, token 1 is wrong again and token 2 goes wrong.
    let sweep = Self.sweep(Self.experiment(images: 3), now: [0, 1, 0, 0])
    let findings = Findings(try NaiveCounter.tally(sweep), quarantined: [], replicates: 100)
    let last = findings.sites[1]
    #expect(last.accuracy.value == 0.75)
    #expect(last.recovery.value == 0.5 && last.recovery.counts == .init(numerator: 3, denominator: 6))
    #expect(last.relapse.value == 0 && last.netRecovery.value == 0.25)
    // Class 0: 2 / 3; class 1: 1 / 2.
    #expect(last.meanIoU.value == (2.0 / 3 + 1.0 / 2) / 2)
    let knockout = findings.knockouts[0]
    #expect(knockout.targetWrong == 6 && knockout.targetCorrect == 0 && knockout.edges == 18)
    #expect(knockout.support == .noControl && knockout.control == nil)
    let effect = knockout.effects[0]
    #expect(effect.recovery.againstBaseline.value == -0.5)
    #expect(effect.recovery.againstControl == nil)
    #expect(effect.relapse.againstBaseline.gap == .emptySet)
    #expect(effect.spillOver.gap == .emptySet)
    #expect(effect.accuracy.value == -0.5)
    // Every image is the same, so no resample differs and nothing is known of the next image.
    #expect(effect.recovery.againstBaseline.noInterval == .noVariation)
    #expect(findings.dropOff.gap == .noProbe)
  }

  @Test func `a control that matches too few edges supports no claim`() throws {
    let cases: [(UInt32, KnockoutFinding.Support)] = [(5, .matched), (4, .tooFewMatched)]
    for (effective, support) in cases {
      let experiment = Self.experiment(images: 2, control: .init(draws: 2))
      let sweep = Self.sweep(experiment, now: [0, 1, 0, 0], effective: effective)
      let knockout = Findings(try NaiveCounter.tally(sweep), quarantined: [], replicates: 10).knockouts[0]
      #expect(knockout.support == support)
      #expect(knockout.control?.shareMatched == Double(effective) / 6)
      #expect(knockout.control?.controlDistance == 1 && knockout.control?.treatmentDistance == 1)
      #expect(knockout.effects[0].recovery.againstControl?.value == -0.5)
      #expect(knockout.effects[0].recovery.controlAgainstBaseline?.value == 0)
    }
  }

  @Test func `without a wrong token recovery has no value and nothing is NaN`() throws {
    let experiment = Self.experiment(images: 2)
    let sweep = Self.sweep(experiment, now: [0, 0, 1, 0], gold: [0, nil, 1, nil])
    let findings = Findings(try NaiveCounter.tally(sweep), quarantined: [], replicates: 10)
    #expect(findings.sites.allSatisfy { $0.recovery.gap == .emptySet && $0.accuracy.value == 1 })
    #expect(findings.knockouts[0].effects[0].recovery.againstBaseline.gap == .emptySet)
  }

  @Test func `one image gives numbers without intervals`() throws {
    let sweep = Self.sweep(Self.experiment(images: 1), now: [0, 1, 0, 0])
    let findings = Findings(try NaiveCounter.tally(sweep), quarantined: [], replicates: 10)
    #expect(findings.clusters == 1)
    #expect(findings.sites[1].accuracy.value == 0.75 && findings.sites[1].accuracy.noInterval == .oneCluster)
    #expect(findings.sites[1].meanIoU.noInterval == .oneCluster)
  }

  @Test func `a class without a gold token does not count in mIoU`() throws {
    let sweep = Self.sweep(Self.experiment(images: 2, classes: 3), now: [0, 0, 1, 1])
    let findings = Findings(try NaiveCounter.tally(sweep), quarantined: [], replicates: 10)
    #expect(findings.sites[1].classIoU == [2.0 / 3, 0.5, nil])
    #expect(findings.knockouts[0].effects[0].meanIoU == 1)
  }

  @Test func `an empty tally has reasons instead of numbers`() {
    let findings = Findings(Tally(Self.experiment(images: 2, control: .init(draws: 1))), quarantined: [])
    #expect(findings.clusters == 0 && findings.gaps.waiting == 8)
    #expect(findings.sites.allSatisfy { $0.accuracy.value == nil && $0.meanIoU.value == nil })
    #expect(findings.knockouts[0].effects[0].recovery.againstBaseline.gap == .notComputed)
    #expect(findings.knockouts[0].effects[0].recovery.againstControl?.gap == .notComputed)
    #expect(Tally(Self.experiment(images: 2)).liveEffects(limit: 5).isEmpty)
  }

  @Test func `live effects are those of the report, with linearised bars`() throws {
    let sweep = SimulatedSweep(images: 40, seed: 8)
    let tally = try NaiveCounter.tally(sweep)
    // With room for two, every knockout's first window.
    #expect(tally.liveEffects(limit: 2).map(\.knockout) == ["anchors", "open"])
    let live = tally.liveEffects(limit: 3)
    let findings = Findings(tally, quarantined: [], replicates: 500)
    #expect(live.map(\.comparison) == [.control, .control, .baseline])
    for (effect, finding) in zip(live, findings.knockouts) {
      let reported = try #require(finding.effects.last?.primaryRecovery)
      #expect(effect.effect == reported.value && effect.clusters == reported.clusters)
      let (interval, margin) = (try #require(reported.interval), try #require(effect.margin))
      #expect(abs((interval.high - interval.low) / 2 / margin - 1) < 0.25)
    }
  }
}
