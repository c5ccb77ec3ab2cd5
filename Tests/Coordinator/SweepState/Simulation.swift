import Catalog
import Foundation
import Protocol

@testable import Coordinator

/// A whole run in virtual time: workers that compute, die, fall silent and come back; a network that delays, reorders,
/// repeats and loses messages; a disk that takes time; a coordinator that is killed. All of it follows from a seed.
struct Simulation {
  /// What is wrong with a trial.
  enum Poison { case crashes, fails }

  /// What can happen, at a moment.
  enum Action {
    case toCoordinator(SweepState.Event, process: Int)
    case toWorker(ToWorker, process: Int)
    case timer(process: Int)
    case waveDone(process: Int, session: Int)
    case durable([EncodedOutcome], epoch: Epoch)
    case tick
    case kill(process: Int)
    case isolate(process: Int, isIsolated: Bool)
    case spawn(host: String)
    case restart
    case control(ControlCommand)
    case disk(isFull: Bool)
  }

  let seed: UInt64
  let experiment: Experiment
  let results: [TrialID: EncodedOutcome]
  var random: SeededGenerator
  var state: SweepState
  var epoch = Epoch(1)
  var time = 0
  /// Events to come: latest first.
  var agenda: [(time: Int, order: Int, action: Action)] = []
  private var order = 0

  // The disk, which outlives coordinators.
  var disk: [TrialID: EncodedOutcome] = [:]
  var gaps: [TrialID: String] = [:]
  var kernel: String?
  var isPaused = false
  var audited: Set<TrialID> = []
  var isDiskFull = false
  /// Outcomes that the disk could not take.
  var waiting: [EncodedOutcome] = []
  /// Trials whose audit came to nothing too often.
  var unaudited: Set<TrialID> = []
  let audit: Double

  // The server's table of connections.
  var numbers: [Int: WorkerID] = [:]
  var processes: [WorkerID: Int] = [:]
  var lastNumber: UInt64 = 0

  /// The trials of each lease that its story has not lost yet.
  var told: [LeaseID: Set<UInt32>] = [:]
  var workers: [Int: SimulatedWorker] = [:]
  var lastProcess = 0
  var poison: [TrialID: Poison] = [:]
  let loss: Double
  let repetition: Double
  let delay: Int
  /// How many more accidents may hit a lease: fewer than the coordinator needs to suspect a trial.
  var accidents = 3
  var ending: SweepState.Ending?
  var violations: [String] = []
  let log: Log?

  static let policy: SweepPolicy = {
    var policy = SweepPolicy()
    policy.heartbeat = .milliseconds(500)
    policy.silence = .seconds(4)
    policy.disconnection = .seconds(1)
    policy.loading = .seconds(10)
    policy.lease = .seconds(15)
    policy.bench = .seconds(2)
    policy.longestBench = .seconds(8)
    policy.crashes = 4
    policy.speculation = .seconds(2)
    policy.split = 4
    policy.walltimeReserve = .seconds(3)
    policy.drain = .seconds(5)
    policy.farewell = .seconds(2)
    return policy
  }()

  init(seed: UInt64, isLogging: Bool = false) {
    self.seed = seed
    log = isLogging ? Log() : nil
    random = SeededGenerator(seed: seed, UInt64(naming: "simulation"))
    let method: Experiment.Probes.Method = random.below(5) == 0 ? .imported : .softmax
    let experiment = SmallRun.experiment(
      training: 8 * (1 + random.below(2)), images: 1 + random.below(3), windows: 2 + random.below(8), method: method,
      kernel: random.below(4) == 0 ? .any : .uniform, seed: seed)
    self.experiment = experiment
    results = Dictionary(
      uniqueKeysWithValues: Stage.allCases.flatMap { experiment.trials(of: $0) }.map { trial in
        let payload = Data("\(trial)".utf8)
        let digest = Digest(of: payload)
        return (
          trial,
          EncodedOutcome(
            trial: trial, lease: LeaseID(0), epoch: Epoch(0), attempt: 1, inputs: digest, seconds: 1, payload: payload,
            digest: digest, artifact: trial.stage == .sweep ? nil : digest)
        )
      })
    loss = [0, 0, 0.02, 0.05][random.below(4)]
    repetition = [0, 0, 0.05, 0.2][random.below(4)]
    delay = [2, 50, 400][random.below(3)]
    audit = [0, 0.2, 1][random.below(3)]
    state = Self.start(experiment, epoch: epoch, audit: audit, Self.nothing)
    plan()
  }

  static func start(
    _ experiment: Experiment, epoch: Epoch, audit: Double, _ recovered: SweepState.Recovered
  ) -> SweepState {
    var policy = policy
    policy.audit = audit
    return SweepState(
      experiment, epoch: epoch, build: SmallRun.build,
      importedProbes: experiment.probes.method == .imported ? SmallRun.model : nil,
      policy: policy, recovered: recovered)
  }

  private static let nothing = SweepState.Recovered()

  /// What the disk holds.
  var recovered: SweepState.Recovered {
    var recovered = SweepState.Recovered()
    recovered.isPaused = isPaused
    recovered.kernel = kernel
    recovered.audited = audited
    recovered.committed = disk.values.map { ($0.trial, $0.digest, $0.artifact) }
    recovered.quarantined = gaps.map { ($0.key, $0.value) }
    return recovered
  }

  /// Draws what will go wrong.
  private mutating func plan() {
    let hosts = (0...random.below(3)).map { "n\($0)" }
    for _ in 0...random.below(4) { at(random.below(500), .spawn(host: hosts[random.below(hosts.count)])) }
    for _ in 0..<random.below(3) { at(1_000 + random.below(20_000), .restart) }
    if random.below(4) == 0 {
      let pause = 500 + random.below(10_000)
      at(pause, .control(.pause))
      at(pause + random.below(10_000), .control(.resume))
    }
    if random.below(5) == 0 {
      let full = 500 + random.below(15_000)
      at(full, .disk(isFull: true))
      at(full + random.below(10_000), .disk(isFull: false))
    }
    if random.below(6) == 0 { at(500 + random.below(15_000), .control(random.below(2) == 0 ? .drain : .cancel)) }
    for _ in 0..<[0, 0, 1, 2][random.below(4)] {
      let trials = experiment.trials(of: [.extract, .sweep, .sweep][random.below(3)])
      if !trials.isEmpty { poison[trials[random.below(trials.count)]] = random.below(2) == 0 ? .crashes : .fails }
    }
    at(250, .tick)
  }

  /// What can't be computed, whatever is tried: poisoned trials, and variants of an image with a poisoned baseline.
  func isGuilty(_ trial: TrialID) -> Bool {
    poison[trial] != nil
      || (trial.stage == .sweep && poison[TrialID(stage: .sweep, unit: trial.unit)] != nil)
  }

  mutating func at(_ moment: Int, _ action: Action) {
    order += 1
    let (time, order) = (max(moment, time), order)
    var (low, high) = (0, agenda.count)
    while low < high {
      let middle = (low + high) / 2
      if (agenda[middle].time, agenda[middle].order) > (time, order) { low = middle + 1 } else { high = middle }
    }
    agenda.insert((time, order, action), at: low)
  }

  /// Plays until the end, or until nothing more can be expected.
  mutating func play() {
    let limit = 1_200_000
    while ending == nil, violations.isEmpty, time < limit, let next = agenda.popLast() {
      time = next.time
      perform(next.action)
    }
    if violations.isEmpty { judge() }
  }

  /// What must be true at the end.
  private mutating func judge() {
    guard let ending else { return violations.append("nothing more happens, and the run isn't finished") }
    let trials = Stage.allCases.flatMap { experiment.trials(of: $0) }
    if case .failed = ending, experiment.trials(of: .extract).allSatisfy(isGuilty) { return }
    let missing = trials.filter { disk[$0] == nil }
    if ending != .finished(missing: missing.count) {
      violations.append("it ended with \(ending), and \(missing.count) trials are missing")
    }
    for trial in trials where disk[trial] == nil && gaps[trial] == nil {
      violations.append("\(trial) is neither committed nor quarantined")
    }
    for trial in trials where disk[trial] != nil && state.audits.contains(trial) {
      if !audited.contains(trial), !unaudited.contains(trial) { violations.append("\(trial) was not audited") }
    }
    for trial in trials where disk[trial] == nil && !isGuilty(trial) {
      violations.append("\(trial) is innocent, and missing")
    }
  }

  func note(_ line: @autoclosure () -> String) { log?.lines.append("\(time) ms: \(line())") }

  /// What happened, for a replay.
  final class Log { var lines: [String] = [] }
}
