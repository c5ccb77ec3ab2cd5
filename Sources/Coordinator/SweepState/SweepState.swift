import Catalog
import Protocol

/// The whole coordination of a run as a value: workers, leases, attempts, blame, quarantine, stages.
///
/// It is told events and the time, and says what to do. It reads no clock, opens no socket and no file, so that every
/// schedule of kills, delays and losses can be played through it in a test. ``Server`` performs the directives.
///
/// - Trials are deterministic, so the first valid outcome of a trial commits, whoever sends it and whatever its attempt
///   or epoch; an outcome is valid if its inputs are those of the stage (``StageInputs``).
/// - A lease decides only who may hold a trial. Losing one never loses a result.
/// - A worker walks its leases in the order in which they were given: when it vanishes, the oldest unfinished one is
///   blamed, and the others return untouched.
public struct SweepState: Sendable {
  let experiment: Experiment
  let policy: SweepPolicy
  /// The version that workers must be built from.
  let build: String
  let epoch: Epoch
  /// The digest of the probe file, where probes are imported.
  let importedProbes: Digest?
  /// The first layer of each variant's window, [variant]; 0 for the baseline.
  let depths: [Int]

  /// The tables of all stages, in order.
  var tables: [TrialTable]
  /// The stage whose trials are given out.
  var stage: Stage = .extract
  var phase: Phase = .running
  /// Whether no work is given out until told otherwise.
  var isPaused: Bool
  /// Why nothing can be made durable for now; no work is given out meanwhile.
  var storageObstacle: String?
  /// The kernel that all workers must have; nil until the first one is ready.
  var kernel: String?
  /// Of the current and the former stages, once the kernel is known: see ``StageInputs``.
  var inputs: [Stage: Digest] = [:]
  /// Of committed `extract` and `fit` trials.
  var artifacts: [TrialID: Digest]
  var members = MemberTable()
  var leases: [LeaseID: OpenLease] = [:]
  var lastLease: UInt64 = 0
  var evidence: [TrialID: Evidence] = [:]
  /// What is computed twice.
  var audits: AuditQueue
  var benches: [String: Bench] = [:]
  /// Who waits for the acknowledgement of trials that are being committed.
  var awaiting: [TrialID: [WorkerID]] = [:]
  /// The usual time from a lease's start to its end, in the current stage.
  var usualLease: Duration?
  /// What this start has counted.
  var counters = Counters()
  /// The latest failures, newest first.
  var failures: [RecentFailure] = []
  /// When the current stage was opened, and how many of its trials were committed by then.
  var stageOpened: (at: Instant, committed: Int) = (.start, 0)
  var now: Instant = .start
  private var directives: [Directive] = []
  private var story: [Directive] = []

  /// Whether work is given out.
  enum Phase: Hashable, Sendable {
    case running
    /// No work is given out any more; ends when the last lease is done.
    case draining
    /// Workers finish and leave, at the latest at `deadline`.
    case closing(Ending, deadline: Instant)
    case closed(Ending)
  }

  /// What happened to messages and trials.
  struct Counters: Hashable, Sendable {
    /// Trials given out, repeats included.
    var attempts = 0
    /// Trials given out again.
    var retries = 0
    /// Trials that returned because a worker vanished or made no progress.
    var lost = 0
    /// Outcomes made durable.
    var committed = 0
    /// Valid outcomes of trials that had one already.
    var duplicates = 0
    /// Duplicates that differ from the committed outcome.
    var nondeterminism = 0
    /// Outcomes whose lease was no longer held when they arrived.
    var late = 0
    /// Messages about leases that the sender no longer held; ignored.
    var fenced = 0
    /// Bytes that were no message, and outcomes that don't belong to this run; dropped.
    var invalid = 0
    /// Workers admitted.
    var workers = 0
  }

  /// What an earlier start of the run's coordinator left.
  public struct Recovered: Sendable {
    /// The kernel of the committed outcomes; nil if no worker has been ready yet.
    public var kernel: String?
    /// The committed trials with the digests of their payloads and artifacts.
    public var committed: [(trial: TrialID, digest: Digest, artifact: Digest?)] = []
    /// The trials given up, with the reasons.
    public var quarantined: [(trial: TrialID, error: String)] = []
    /// The committed trials that were computed again and compared.
    public var audited: Set<TrialID> = []
    /// Whether the run was paused.
    public var isPaused = false

    /// Nothing.
    public init() {}
  }

  /// Begins or continues a run.
  ///
  /// Committed trials stay committed. Quarantined ones get another chance, since what was wrong may have been repaired,
  /// unless a later stage was already computed without them.
  public init(
    _ experiment: Experiment, epoch: Epoch, build: String, importedProbes: Digest? = nil,
    policy: SweepPolicy = SweepPolicy(), recovered: Recovered = Recovered()
  ) {
    self.experiment = experiment
    self.policy = policy
    self.build = build
    self.epoch = epoch
    self.importedProbes = importedProbes
    kernel = recovered.kernel
    isPaused = recovered.isPaused
    depths = [0] + experiment.variants.map(\.window.first)
    tables = Stage.allCases.map {
      TrialTable(stage: $0, order: experiment.unitOrder(of: $0), perUnit: experiment.trialsPerUnit(of: $0))
    }
    artifacts = [:]
    audits = AuditQueue(share: policy.audit, seed: experiment.seed)
    var last = Stage.extract
    for (trial, digest, artifact) in recovered.committed where self[trial.stage].contains(trial) {
      self[trial.stage][trial] = .committed(digest)
      artifacts[trial] = artifact
      if !recovered.audited.contains(trial) { audits.add(trial, by: nil) }
      last = max(last, trial.stage)
    }
    for (trial, error) in recovered.quarantined where trial.stage < last && self[trial.stage].contains(trial) {
      if case .waiting = self[trial.stage][trial] { self[trial.stage][trial] = .quarantined(error) }
    }
    openStages()
  }

  /// The table of a stage.
  subscript(stage: Stage) -> TrialTable {
    get { tables[Int(stage.rawValue) - 1] }
    _modify { yield &tables[Int(stage.rawValue) - 1] }
  }

  /// Takes an event at `now`, which must not run backwards, and says what to do.
  public mutating func handle(_ event: Event, at now: Instant) -> [Directive] {
    if case .closed = phase { return [] }
    forgiveStandstill(until: now)
    switch event {
    case .hello(let hello, let worker): admit(worker, hello)
    case .ready(let ready, let worker): if hears(worker) { start(worker, ready) }
    case .credits(let credits, let worker): if hears(worker) { setCredits(credits, of: worker) }
    case .heartbeat(let worker): if hears(worker) { answerHeartbeat(of: worker) }
    case .progress(let lease, let worker): if hears(worker) { renew(lease, for: worker) }
    case .outcomes(let outcomes, let worker):
      receive(outcomes, from: worker)
      _ = hears(worker)
    case .failed(let failure, let worker): if hears(worker) { fail(failure, from: worker) }
    case .handBack(let lease, let trials, let worker): if hears(worker) { takeBack(trials, of: lease, from: worker) }
    case .goodbye(let worker): dismiss(worker)
    case .committed(let trials): settle(trials)
    case .undelivered(let lease): takeUndelivered(lease)
    case .disconnected(let worker): noticeDisconnection(of: worker)
    case .invalidMessage: counters.invalid += 1
    case .tick: passTime()
    case .control(let command): obey(command)
    case .storage(let obstacle): noticeStorage(obstacle)
    case .stop(let reason): close(.stopped(reason: reason), within: policy.drain)
    }
    openStages()
    if event.mayFreeTrials { assignWaiting() }
    endIfDrained()
    endIfLeft()
    defer { (story, directives) = ([], []) }
    // Performing the others may feed further events, whose stories come later.
    return story + directives
  }

  mutating func emit(_ directive: Directive) { directives.append(directive) }

  /// What befell trials of a lease is kept.
  mutating func keep(_ kind: LeaseEvent.Kind, _ trials: [TrialID], of lease: OpenLease, reason: String? = nil) {
    story.append(.keep(LeaseEvent(kind, trials, of: lease, reason: reason)))
  }
}
