import Catalog
import Protocol

/// What idle workers do when nothing is left in the queue: they take half of the largest lease, or race the slowest one.
/// Nothing is lost if the first holder goes on regardless: the first outcome commits, the other one is compared with it.
extension SweepState {
  /// So many workers at most are occupied at a tick: each looks at every lease, and the next tick is near.
  static let tailAssignments = 32

  /// Occupies workers that hold nothing.
  mutating func assignTail() {
    guard isGivingOut, self[stage].waiting == 0, !leases.isEmpty else { return }
    for worker in hungry.prefix(Self.tailAssignments) where members[worker]?.leases.isEmpty == true {
      guard split(for: worker) || race(for: worker) else { return }
    }
  }

  /// Moves the deeper half, by window, of the lease with the most unfinished trials. Deep windows are the cheaper ones to
  /// begin with, since a variant forks from the baseline at its window.
  private mutating func split(for worker: WorkerID) -> Bool {
    let largest = leases.values.filter { $0.worker != worker && $0.open.count >= policy.split && isShareable($0) }
      .max { ($0.open.count, $1.id) < ($1.open.count, $0.id) }
    guard let largest, largest.stage == .sweep else { return false }
    let trials = largest.trials.sorted { (depths[Int($0.variant)], $0) < (depths[Int($1.variant)], $1) }
    let moved = trials.suffix(trials.count / 2).sorted()
    emit(.send(.takeBack(largest.id, moved), to: largest.worker))
    keep(.moved, moved, of: largest)
    for trial in moved { requeue(trial, from: largest.id) }
    give(moved, to: worker)
    return true
  }

  /// Gives the unfinished trials of the oldest unusually slow lease to a second worker.
  private mutating func race(for worker: WorkerID) -> Bool {
    let age = max(policy.speculation, (usualLease ?? .zero) * 2)
    let slowest = leases.values.filter { $0.worker != worker && now - $0.given >= age && isShareable($0) }
      .min { $0.id < $1.id }
    guard let slowest else { return false }
    give(slowest.trials, to: worker)
    return true
  }

  /// Whether all trials of the lease have one holder, and none was blamed: what crashes a worker isn't given to two.
  private func isShareable(_ lease: OpenLease) -> Bool {
    lease.stage == stage
      && lease.open.allSatisfy { variant in
        guard case .leased(let attempts, _, let second) = self[stage][lease.trial(variant)] else { return false }
        return second == nil && !attempts.isBlamed
      }
  }
}
