import Catalog
import Coordinator
import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// `make soak`: real sweeps, one after another, under random faults, for `REBOUND_SOAK_MINUTES`; `REBOUND_SOAK_SEED` repeats
  /// a sequence of faults.
  @Suite(.enabled(if: Soak.minutes != nil, "a long test: set REBOUND_SOAK_MINUTES, or run `make soak`"))
  struct SoakTests {
    @Test func `sweeps under random faults lose nothing and find what an undisturbed one finds`() async throws {
      var soak = try await Soak()
      print("soak: \(Soak.minutes ?? 0) minutes, seed \(soak.seed)")
      while !soak.isOver { try await soak.round() }
      print(soak.summary)
    }
  }
}

/// Rounds of one sweep each, with a coordinator, three workers and a bad link between them.
struct Soak {
  static let minutes = ProcessInfo.processInfo.environment["REBOUND_SOAK_MINUTES"].flatMap { Double($0) }

  /// Bits that are always flipped, per byte on the bad link.
  private static let damage = 1e-5

  /// What is done to a sweep.
  enum Fault: String, CaseIterable {
    case workerKilled = "workers killed (SIGKILL)"
    case workerTold = "workers told to leave (SIGTERM)"
    case workerFrozen = "workers frozen and woken"
    case coordinatorKilled = "coordinators killed (SIGKILL)"
    case coordinatorFrozen = "coordinators frozen and woken"
    case linkCut = "links cut"
    case linkBlocked = "links blocked for a while"
    case bytesDamaged = "times of flipped bits"
    case paused = "pauses"
  }

  let seed: UInt64
  private var generator: SeededGenerator
  private let workspace: Workspace
  private let spec: String
  private let calm: RunContent
  private let deadline: ContinuousClock.Instant
  private let link: BadLink
  private var faults: [Fault: Int] = [:]
  private var rounds = 0
  private var commits = 0
  private var badMessages = 0
  private var duplicates = 0
  private var repaired = 0
  private var workersEnded = 0
  private var lost = 0

  init() async throws {
    let environment = ProcessInfo.processInfo.environment
    seed = environment["REBOUND_SOAK_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)
    generator = SeededGenerator(seed: seed, UInt64(naming: "soak"))
    workspace = try Workspace(train: 16, evaluate: 120)
    spec = try workspace.spec()
    let ending = try await Rebound.run([
      "run", spec, "--out", workspace.path("calm"), "--workers", "2", "--threads", "1",
    ])
    #expect(ending.code == 0, "\(ending.errors)")
    calm = try RunContent(workspace.path("calm"))
    link = try BadLink(seed: seed)
    link.damage(Self.damage)
    deadline = .now + .seconds((Self.minutes ?? 0) * 60)
  }

  var isOver: Bool { ContinuousClock.now >= deadline }

  var summary: String {
    (["soak: seed \(seed), \(rounds) sweeps of \(calm.payloads.count) trials, \(commits) outcomes committed"]
      + Fault.allCases.map { "  \(faults[$0] ?? 0) \($0.rawValue)" } + [
        "  \(link.flipped) bits flipped on the way, \(badMessages) messages refused as damaged",
        "  \(duplicates) trials computed twice, \(workersEnded) workers started again,"
          + " \(repaired) sweeps continued after trials were given up",
        "  \(lost) acknowledged outcomes lost; all sweeps equal to the bit",
      ]).joined(separator: "\n")
  }

  /// One sweep from start to end, and its comparison.
  mutating func round() async throws {
    rounds += 1
    // Without keys every second time, so that flipped bits reach the program's own checks and not only libzmq's.
    let isOpen = rounds % 2 == 0
    let out = workspace.path("round-\(rounds)")
    var sweep = Sweep(spec: spec, out: out, isOpen: isOpen, workspace: workspace, link: link)
    try await sweep.start()
    var kept: [TrialID: Digest] = [:]
    while true {
      try await Task.sleep(for: .milliseconds(100 + generator.below(1_200)))
      if let code = try await sweep.endOfCoordinator() {
        if code == 0 { break }
        #expect(code == 3, "the coordinator ended with \(code)")
        repaired += 1
        try await sweep.start()
      }
      workersEnded += try sweep.replaceWorkers()
      try await inject(into: &sweep, &kept)
    }
    try await sweep.finish()
    let run = try RunContent(out)
    #expect(run.payloads == calm.payloads && run.predictions == calm.predictions, "round \(rounds), seed \(seed)")
    #expect(run.differences == 0 && run.quarantined.isEmpty, "round \(rounds), seed \(seed)")
    lost += kept.count { run.payloads[$0.key] != $0.value }
    #expect(lost == 0, "round \(rounds), seed \(seed)")
    commits += run.payloads.count
    badMessages += sweep.badMessages
    duplicates += sweep.duplicates
    try FileManager.default.removeItem(atPath: out)
  }

  private mutating func inject(into sweep: inout Sweep, _ kept: inout [TrialID: Digest]) async throws {
    let fault = Fault.allCases[generator.below(Fault.allCases.count)]
    faults[fault, default: 0] += 1
    let worker = sweep.workers[generator.below(sweep.workers.count)]
    let pause = Duration.milliseconds(200 + generator.below(4_000))
    switch fault {
    case .workerKilled: worker.signal(SIGKILL)
    case .workerTold: worker.signal(SIGTERM)
    case .workerFrozen:
      worker.signal(SIGSTOP)
      try await Task.sleep(for: pause)
      worker.signal(SIGCONT)
    case .coordinatorKilled:
      await sweep.note()
      sweep.coordinator?.signal(SIGKILL)
      _ = try await sweep.coordinator?.ending()
      // What is on disk now stays as it is.
      if let content = try? RunContent(sweep.out) { kept.merge(content.payloads) { $1 } }
      try await Task.sleep(for: pause)
      try await sweep.start()
    case .coordinatorFrozen:
      sweep.coordinator?.signal(SIGSTOP)
      try await Task.sleep(for: pause)
      sweep.coordinator?.signal(SIGCONT)
    case .linkCut: link.cut()
    case .linkBlocked:
      link.block(true)
      try await Task.sleep(for: pause)
      link.block(false)
    case .bytesDamaged:
      link.damage(2e-4)
      try await Task.sleep(for: pause)
      link.damage(Self.damage)
    case .paused:
      _ = try? await Rebound.run(["pause", sweep.out], limit: .seconds(20))
      _ = try? await Rebound.run(["resume", sweep.out], limit: .seconds(20))
    }
  }
}

/// The processes of one sweep: workers 1 and 2 reach the coordinator over the bad link, worker 3 directly.
struct Sweep {
  let spec: String
  let out: String
  let isOpen: Bool
  let workspace: Workspace
  let link: BadLink
  var coordinator: RunningProgram?
  var workers: [RunningProgram] = []
  /// The latest counters of each coordinator.
  private var counters: [Epoch: StatusSnapshot.Counters] = [:]

  init(spec: String, out: String, isOpen: Bool, workspace: Workspace, link: BadLink) {
    self.spec = spec
    self.out = out
    self.isOpen = isOpen
    self.workspace = workspace
    self.link = link
  }

  private var detour: String { workspace.path("detour.json") }

  /// Starts a coordinator, and workers if there are none yet; the bad link leads to it.
  mutating func start() async throws {
    var arguments = [
      "coordinate", spec, "--out", out, "--listen", "tcp://127.0.0.1:0", "--advertise", "127.0.0.1", "--output",
      "quiet",
    ]
    if isOpen { arguments.append("--insecure") }
    let program = try Rebound.start(arguments)
    coordinator = program
    let path = RunLayout(root: out).access
    let access = try await eventually("a coordinator that listens", within: .seconds(60)) { () -> AccessFile? in
      guard program.isRunning else {
        throw TimeLimitExceeded(description: "the coordinator ended: \(program.errors)")
      }
      return try? AccessFile(path: path)
    }
    guard case .tcp(_, let port) = access.endpoint.kind else { return }
    link.lead(to: port)
    link.cut()
    try AccessFile(
      endpoint: .tcp(host: "127.0.0.1", port: link.port), epoch: access.epoch, protection: access.protection
    ).write(to: detour)
    if workers.isEmpty { workers = try (0..<3).map(work) }
  }

  private func work(_ number: Int) throws -> RunningProgram {
    try Rebound.start([
      "work", number < 2 ? detour : out, "--threads", "1", "--scratch", workspace.path("scratch"), "--output", "quiet",
      "--give-up", "120",
    ])
  }

  /// Starts new workers for those that have ended; how many.
  mutating func replaceWorkers() throws -> Int {
    var replaced = 0
    for index in workers.indices where !workers[index].isRunning {
      workers[index] = try work(index)
      replaced += 1
    }
    return replaced
  }

  /// The coordinator's exit code, if it has ended.
  mutating func endOfCoordinator() async throws -> Int32? {
    await note()
    guard let coordinator, !coordinator.isRunning else { return nil }
    return try await coordinator.ending().code
  }

  /// Takes the counters down before they are gone with the coordinator.
  mutating func note() async {
    guard let coordinator, coordinator.isRunning, let status = try? await status(of: out), status.source == .live else {
      return
    }
    if let epoch = status.epoch { counters[epoch] = status.counters }
  }

  var badMessages: Int { counters.values.reduce(0) { $0 + $1.badMessages } }
  var duplicates: Int { counters.values.reduce(0) { $0 + $1.duplicates } }

  /// The end: workers leave by themselves, or are asked to.
  func finish() async throws {
    for worker in workers where worker.isRunning { worker.signal(SIGCONT) }
    try await Task.sleep(for: .seconds(1))
    for worker in workers where worker.isRunning { worker.signal(SIGTERM) }
    for worker in workers { _ = try await worker.ending(within: .seconds(60)) }
  }
}
