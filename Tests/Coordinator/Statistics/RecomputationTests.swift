import Catalog
import Testing

@testable import Coordinator

/// Findings against a plain recomputation from raw predictions.
struct RecomputationTests {
  static let sweeps = [
    SimulatedSweep(images: 9, seed: 1),
    SimulatedSweep(images: 12, perCluster: 3, classes: 7, seed: 2),
  ]

  @Test(arguments: sweeps.indices)
  func `the baseline's metrics are those of the raw predictions`(index: Int) throws {
    let sweep = Self.sweeps[index]
    let findings = Findings(try NaiveCounter.tally(sweep), quarantined: [], replicates: 50)
    let plain = PlainRecomputation(sweep: sweep, images: Array(sweep.images.indices))
    let (wrong, correct) = (plain.initiallyWrong, plain.initiallyCorrect)
    for (index, found) in findings.sites.enumerated() {
      let now = plain.correct(at: found.site)
      #expect(found.accuracy.value == share(now.count, plain.valid.count))
      #expect(found.recovery.value == share(wrong.intersection(now).count, wrong.count))
      #expect(found.relapse.value == share(correct.subtracting(now).count, correct.count))
      let net = wrong.intersection(now).count - correct.subtracting(now).count
      #expect(found.netRecovery.value == share(net, wrong.count + correct.count))
      #expect(found.meanIoU.value == plain.meanIoU { sweep.images[$0.image].baseline[index][$0.token] })
    }
    let drop = plain.correct(at: .vision(1)).count - plain.correct(at: .adapter).count
    #expect(findings.dropOff.value == share(drop, plain.valid.count))
  }

  @Test(arguments: sweeps.indices)
  func `a knockout's effects are those of the raw predictions`(index: Int) throws {
    let sweep = Self.sweeps[index]
    let findings = Findings(try NaiveCounter.tally(sweep), quarantined: [], replicates: 50)
    let plain = PlainRecomputation(sweep: sweep, images: Array(sweep.images.indices))
    try expectEffects(findings, plain)
  }

  @Test func `images with missing trials are left out of exactly the numbers that need them`() throws {
    let sweep = SimulatedSweep(images: 8, seed: 3)
    let variants = sweep.experiment.variants
    let control = try #require(variants.first { $0.arm == .control(draw: 1) })
    // Image 2 lost one control draw of the first knockout, image 5 its baseline and with it everything.
    let trials = NaiveCounter.allTrials(sweep).filter {
      !($0.image == 2 && $0.variant == control.index) && !($0.image == 5 && $0.variant == 0)
    }
    let findings = Findings(try NaiveCounter.tally(sweep, trials: trials), quarantined: [], replicates: 50)
    #expect(findings.images == .init(complete: 7, total: 8))
    #expect(findings.gaps.trials.complete == trials.count)
    #expect(findings.gaps.waiting == 2)
    #expect(findings.knockouts.map(\.images.complete) == [7, 7, 7])
    #expect(findings.knockouts.map(\.control?.images.complete) == [6, 7, nil])
    let withBaseline = PlainRecomputation(sweep: sweep, images: [0, 1, 2, 3, 4, 6, 7])
    let withControl = PlainRecomputation(sweep: sweep, images: [0, 1, 3, 4, 6, 7])
    #expect(
      findings.sites[4].accuracy.value == share(withBaseline.correct(at: .llm(2)).count, withBaseline.valid.count))
    try expectEffects(findings, withBaseline, contrast: ["1": withControl])
  }

  /// `contrast` replaces the images of the control contrast, by the window's text.
  private func expectEffects(
    _ findings: Findings, _ plain: PlainRecomputation, contrast: [String: PlainRecomputation] = [:]
  ) throws {
    let variants = plain.sweep.experiment.variants
    for finding in findings.knockouts {
      let arms = variants.filter {
        $0.window == finding.window && plain.sweep.experiment.knockouts[$0.knockout].name == finding.knockout
      }
      let treatment = try #require(arms.first { $0.arm == .treatment }).index
      let target = plain.targets(of: treatment)
      let (wrong, correct) = (plain.initiallyWrong, plain.initiallyCorrect)
      #expect(finding.targetWrong == target.intersection(wrong).count)
      #expect(finding.targetCorrect == target.intersection(correct).count)
      for (site, effect) in finding.effects.enumerated() {
        let now = plain.correct(variant: treatment, site: site)
        let before = plain.correct(at: effect.site)
        func change(in set: Set<PlainRecomputation.Token>) -> Double {
          share(set.intersection(now).count - set.intersection(before).count, set.count)
        }
        #expect(effect.recovery.againstBaseline.value == change(in: target.intersection(wrong)))
        let relapse = effect.relapse.againstBaseline.value
        #expect(relapse == -change(in: target.intersection(correct)))
        if !wrong.isSubset(of: target) {
          #expect(effect.spillOver.value == change(in: wrong.subtracting(target)))
        }
        #expect(effect.accuracy.value == change(in: plain.valid))
        #expect(effect.level.value == share(wrong.intersection(now).count, wrong.count))
        let images = plain.sweep.images
        #expect(
          effect.meanIoU == plain.meanIoU { images[$0.image].variants[treatment]?.predictions[site][$0.token] })
        expectContrast(effect, arms, site: site, contrast[finding.window.description] ?? plain)
      }
    }
  }

  private func expectContrast(_ effect: EffectFinding, _ arms: [Variant], site: Int, _ plain: PlainRecomputation) {
    var (thinnedRight, controlRight, targets, wrongNow) = (0, 0, 0, 0)
    var (thinnedLapsed, controlLapsed, correctTargets, before) = (0, 0, 0, 0)
    for arm in arms where arm.arm != .treatment {
      let target = plain.targets(of: arm.index)
      let now = plain.correct(variant: arm.index, site: site)
      let right = target.intersection(plain.initiallyWrong).intersection(now).count
      let lapsed = target.intersection(plain.initiallyCorrect).subtracting(now).count
      if case .control = arm.arm {
        controlRight += right
        controlLapsed += lapsed
        targets += target.intersection(plain.initiallyWrong).count
        correctTargets += target.intersection(plain.initiallyCorrect).count
        wrongNow += plain.initiallyWrong.intersection(now).count
        before += target.intersection(plain.initiallyWrong).intersection(plain.correct(at: effect.site)).count
      } else {
        thinnedRight += right
        thinnedLapsed += lapsed
      }
    }
    guard targets > 0 else {
      #expect(effect.recovery.againstControl == nil)
      return
    }
    #expect(effect.recovery.againstControl?.value == share(thinnedRight - controlRight, targets))
    #expect(effect.relapse.againstControl?.value == share(thinnedLapsed - controlLapsed, correctTargets))
    #expect(effect.recovery.controlAgainstBaseline?.value == share(controlRight - before, targets))
    let draws = arms.count { if case .control = $0.arm { true } else { false } }
    #expect(effect.controlLevel?.value == share(wrongNow, draws * plain.initiallyWrong.count))
  }
}
