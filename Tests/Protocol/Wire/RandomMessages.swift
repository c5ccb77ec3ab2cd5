import Catalog
import Foundation
import Protocol

/// Seeded valid messages of every kind.
struct RandomMessages {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  static let toCoordinatorKinds = 14
  static let toWorkerKinds = 10

  mutating func toCoordinator(kind: Int) -> ToCoordinator {
    switch kind {
    case 0:
      .hello(
        .init(
          build: text(), host: text(), pid: number(in: 1...99_999), kernel: text(), threads: number(in: 1...512),
          memory: generator.next() | 1, secondsLeft: generator.below(2) == 0 ? nil : number(in: 1...99_999),
          holds: generator.below(2) == 0 ? [] : trials(of: number(in: 0...99))))
    case 1: .ready(.init(model: digest(), credits: number(in: 0...64)))
    case 2: .credits(number(in: 1...64))
    case 3: .heartbeat
    case 4: .progress(LeaseID(generator.next()))
    case 5: .outcomes((0...generator.below(4)).map { _ in outcome(.extract) })
    case 6: .outcomes((0...generator.below(4)).map { _ in outcome(.fit) })
    case 7: .outcomes((0...generator.below(4)).map { _ in outcome(.sweep) })
    case 8:
      .failed(
        .init(
          lease: LeaseID(generator.next()), trials: trials(), blame: Bool.random(using: &generator) ? .trials : .host,
          message: text()))
    case 9: .handBack(LeaseID(generator.next()), trials())
    case 10: .fetch(digest(), offset: generator.next())
    case 11: .goodbye(reason: text())
    case 12: .control(ControlCommand.allCases[generator.below(4)])
    default: .statusRequest
    }
  }

  mutating func toWorker(kind: Int) -> ToWorker {
    switch kind {
    case 0:
      .welcome(
        .init(
          worker: WorkerID(generator.next()), epoch: Epoch(generator.next()), experiment: data(1...500),
          runDirectory: "/" + text(), heartbeatMilliseconds: number(in: 10...60_000)))
    case 1: .refused(text())
    case 2: .lease(lease())
    case 3: .acknowledged(trials())
    case 4: .takeBack(LeaseID(generator.next()), trials())
    case 5: .artifact(piece())
    case 6: .drain(reason: text())
    case 7: .status(data(0...500))
    case 8: .unknownWorker
    default: .heartbeat
    }
  }

  mutating func outcome(_ stage: Stage) -> Outcome {
    let payload: Outcome.Payload =
      switch stage {
      case .extract: .features(.init(digest: digest(), bytes: generator.next(), tokens: number(in: 0...9_999)))
      case .fit:
        .probe(
          .init(
            file: data(1...3_000), l2: generator.uniform(), iterations: number(in: 0...500),
            heldOutAccuracy: generator.uniform()))
      case .sweep:
        .cells(cells(tokens: generator.below(40), sites: generator.below(6), classes: 1 + generator.below(300)))
      }
    return Outcome(
      trial: trial(stage), lease: LeaseID(generator.next()), epoch: Epoch(generator.next()),
      attempt: number(in: 1...5), inputs: digest(), payload: payload, seconds: generator.uniform() * 100)
  }

  /// Results that obey every rule: all counts follow from random predictions.
  mutating func cells(tokens: Int, sites: Int, classes: Int) -> CellResults {
    let names = generator.sample(sites, of: [.vision(0), .vision(7), .adapter] + (1...32).map { Site.llm($0) }).sorted()
    let gold = (0..<tokens).map { _ in generator.below(5) == 0 ? CellResults.void : label(classes) }
    let predictions = names.map { _ in (0..<tokens).map { _ in label(classes) } }
    let valid = UInt32(gold.count { $0 != CellResults.void })
    let wrong = number(in: 0...valid)
    let part = number(in: 0...wrong)
    let correct = valid - wrong
    func perClass(_ generator: inout SeededGenerator) -> [UInt32] {
      (0..<classes).map { _ in UInt32(generator.below(tokens + 1)) }
    }
    let isBaseline = sites == 0 || Bool.random(using: &generator)
    return CellResults(
      sites: names, predictions: predictions, gold: isBaseline && sites > 0 ? gold : [],
      targets: (0..<UInt32(sites == 0 ? 0 : tokens)).filter { _ in generator.below(3) == 0 },
      edges: .init(effective: number(in: 0...9_999), treatment: number(in: 0...9_999), distance: generator.next()),
      sets: .init(
        valid: valid, wrong: wrong, correct: correct, targetWrong: part, targetCorrect: number(in: 0...correct),
        gold: perClass(&generator)),
      counts: names.map { _ in
        .init(
          correct: number(in: 0...valid), recovered: number(in: 0...wrong), relapsed: number(in: 0...correct),
          targetRecovered: number(in: 0...part), targetRelapsed: 0, baselineTargetRecovered: number(in: 0...part),
          baselineTargetRelapsed: 0, intersection: perClass(&generator), predicted: perClass(&generator))
      })
  }

  mutating func lease() -> Lease {
    let stage = Stage.allCases[generator.below(3)]
    return Lease(
      id: LeaseID(generator.next()), epoch: Epoch(generator.next()), stage: stage, unit: number(in: 0...9_999),
      variants: stage == .sweep ? [0] + (1..<200).filter { _ in generator.below(4) == 0 } : [0],
      attempt: number(in: 1...9), waveLimit: number(in: 1...99), inputs: digest(),
      artifacts: (0..<generator.below(5)).map { _ in digest() },
      baseline: Bool.random(using: &generator) ? digest() : nil)
  }

  private mutating func piece() -> ArtifactPiece {
    let data = data(1...2_000)
    let offset = UInt64(generator.below(5_000))
    return ArtifactPiece(
      digest: digest(), size: offset + UInt64(data.count + generator.below(99)), offset: offset, data: data)
  }

  mutating func trial(_ stage: Stage) -> TrialID {
    TrialID(stage: stage, unit: number(in: 0...UInt32.max), variant: stage == .sweep ? number(in: 0...9_999) : 0)
  }

  private mutating func trials() -> [TrialID] {
    (0...generator.below(20)).map { _ in trial(Stage.allCases[generator.below(3)]) }
  }

  private mutating func trials(of unit: UInt32) -> [TrialID] {
    (0...generator.below(20)).map { TrialID(stage: .sweep, unit: unit, variant: UInt32($0)) }
  }

  mutating func digest() -> Digest { Digest(of: data(8...8)) }

  private mutating func text() -> String {
    String((0...generator.below(30)).map { _ in "abc/.- 0ß→日🙂\n\"".randomElement(using: &generator) ?? "x" })
  }

  private mutating func data(_ size: ClosedRange<Int>) -> Data {
    Data((0..<size.lowerBound + generator.below(size.count)).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
  }

  private mutating func label(_ classes: Int) -> UInt16 { UInt16(generator.below(classes)) }

  private mutating func number(in range: ClosedRange<UInt32>) -> UInt32 {
    range.lowerBound + UInt32(generator.below(Int(range.upperBound - range.lowerBound) + 1))
  }
}
