import Catalog
import Protocol

/// A sample of the sweep's trials is computed twice, by different workers where there are two, and the results compared.
extension SweepState {
  /// Gives idle workers trials to compute again, once nothing else is left to begin.
  mutating func assignAudits() {
    guard isGivingOut, stage == .sweep, self[stage].waiting == 0, !audits.isEmpty else { return }
    let able = members.filter { $0.value.isReady && !$0.value.declines && !isBenched($0.value.hello.host) }.count
    for worker in hungry.prefix(Self.tailAssignments) {
      let trials = audits.work(for: worker, isAlone: able < 2).prefix(WireLimits.trials)
      if !trials.isEmpty { give(Array(trials), to: worker, isAudit: true) }
    }
  }

  /// An outcome of a committed trial came: perhaps it is the one that was asked for.
  mutating func settleAudit(with outcome: EncodedOutcome) {
    guard let lease = audits.lease(of: outcome.trial), outcome.lease == lease, outcome.epoch == epoch else { return }
    audits.finish(outcome.trial)
    emit(.recordAudit(outcome.trial))
    close(outcome.trial, in: lease)
  }

  /// A trial leaves an audit's lease without a second outcome.
  mutating func abandonAudit(of trial: TrialID, in lease: LeaseID) {
    if !audits.putBack(trial) { emit(.note(.unaudited(trial))) }
    close(trial, in: lease)
  }
}
