import Catalog
import Protocol

/// Something that befell trials of one lease: a line in their story, which `rebound explain` tells.
public struct LeaseEvent: Hashable, Sendable {
  /// The lease.
  public let lease: LeaseID
  /// Who was given it.
  public let worker: WorkerID
  /// Stage and unit of its trials.
  public let stage: Stage
  /// Stage and unit of its trials.
  public let unit: UInt32
  /// The trials' variants, ascending.
  public let variants: [UInt32]
  /// Which attempt the lease is.
  public let attempt: UInt32
  /// What happened.
  public let kind: Kind
  /// Why, for people; nil where the kind says it all.
  public let reason: String?

  /// What can happen to a lease's trials, but that an outcome is committed.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The worker was given them.
    case given
    /// The worker said that it can't compute them.
    case failed
    /// The worker vanished while it was at them.
    case vanished
    /// The worker made no progress with them for too long.
    case expired
    /// They returned untouched: the worker gave them back, left, or never got them.
    case returned
    /// Another worker was given them instead.
    case moved
  }

  init(_ kind: Kind, _ trials: [TrialID], of lease: OpenLease, reason: String? = nil) {
    self.lease = lease.id
    worker = lease.worker
    stage = lease.stage
    unit = lease.unit
    variants = trials.map(\.variant).sorted()
    attempt = lease.attempt
    self.kind = kind
    self.reason = reason
  }
}
