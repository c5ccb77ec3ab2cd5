import Catalog
import Protocol

/// Committed trials that are computed once more, so that a machine that computes wrongly is noticed: a seeded sample.
struct AuditQueue: Sendable {
  /// A trial is not tried more often than this.
  static let tries = 3

  /// A committed trial to compute again.
  struct Entry: Sendable {
    let trial: TrialID
    /// Who committed it in this epoch, if anybody: another worker should compute it again.
    let author: WorkerID?
    var tries = 0
  }

  private let share: Double
  private let seed: UInt64
  /// Not being computed now, by unit.
  private var waiting: [UInt32: [Entry]] = [:]
  /// Being computed under a lease.
  private var open: [TrialID: (Entry, LeaseID)] = [:]
  /// How many have been compared.
  private(set) var done = 0

  /// `share` of the trials are drawn, by the run's seed.
  init(share: Double, seed: UInt64) {
    self.share = share
    self.seed = seed
  }

  /// Whether none is left to do.
  var isEmpty: Bool { waiting.isEmpty && open.isEmpty }

  /// Whether the sample has this trial. Only the sweep is audited: what else is wrong shows in every result.
  func contains(_ trial: TrialID) -> Bool {
    guard share > 0, trial.stage == .sweep else { return false }
    var draw = SeededGenerator(seed: seed, UInt64(naming: "audit"), UInt64(trial.unit), UInt64(trial.variant))
    return draw.uniform() < share
  }

  /// A trial was committed.
  mutating func add(_ trial: TrialID, by author: WorkerID?) {
    guard contains(trial) else { return }
    waiting[trial.unit, default: []].append(Entry(trial: trial, author: author))
  }

  /// The trials of one unit that `worker` should compute again. Its own only where nobody else could.
  func work(for worker: WorkerID, isAlone: Bool) -> [TrialID] {
    for unit in waiting.keys.sorted() {
      let fitting = (waiting[unit] ?? []).filter { isAlone || $0.author != worker }.map(\.trial)
      if !fitting.isEmpty { return fitting.sorted() }
    }
    return []
  }

  /// The lease that computes a trial again.
  func lease(of trial: TrialID) -> LeaseID? { open[trial]?.1 }

  /// A worker was given the trial.
  mutating func begin(_ trial: TrialID, under lease: LeaseID) {
    guard let index = waiting[trial.unit]?.firstIndex(where: { $0.trial == trial }),
      var entry = waiting[trial.unit]?.remove(at: index)
    else { return }
    if waiting[trial.unit]?.isEmpty == true { waiting[trial.unit] = nil }
    entry.tries += 1
    open[trial] = (entry, lease)
  }

  /// The second outcome came.
  mutating func finish(_ trial: TrialID) {
    if open.removeValue(forKey: trial) != nil { done += 1 }
  }

  /// The lease came to nothing; false where the trial was tried often enough.
  mutating func putBack(_ trial: TrialID) -> Bool {
    guard let (entry, _) = open.removeValue(forKey: trial) else { return true }
    guard entry.tries < Self.tries else { return false }
    waiting[trial.unit, default: []].append(entry)
    return true
  }
}
