import Catalog

/// Trials of one unit of one stage, given to one worker together, with a deadline that progress renews.
public struct Lease: Hashable, Sendable {
  /// Its number in the epoch.
  public let id: LeaseID
  /// The epoch of the coordinator that gave it.
  public let epoch: Epoch
  /// The stage of all its trials.
  public let stage: Stage
  /// The shard, site or image that all trials share.
  public let unit: UInt32
  /// The variants to compute, ascending; `[0]` outside `sweep`. A sweep lease may leave out the baseline.
  public let variants: [UInt32]
  /// Which attempt at these trials this is, from 1.
  public let attempt: UInt32
  /// At most how many variants a worker may walk together; halved when a wave is blamed for a crash.
  public let waveLimit: UInt32
  /// What the trials' outcomes depend on besides the trial itself: see ``Outcome/inputs``.
  public let inputs: Digest
  /// What the worker must have before it starts: digests of the feature files, in shard order, for `fit`; of the probe
  /// files for `sweep`, one for each fitted site in their order, or the imported one; nothing for `extract`.
  public let artifacts: [Digest]
  /// The digest of the image's committed baseline outcome; a later lease's own baseline must equal it.
  public let baseline: Digest?

  /// Takes each property as it is.
  public init(
    id: LeaseID, epoch: Epoch, stage: Stage, unit: UInt32, variants: [UInt32], attempt: UInt32, waveLimit: UInt32,
    inputs: Digest, artifacts: [Digest], baseline: Digest?
  ) {
    self.id = id
    self.epoch = epoch
    self.stage = stage
    self.unit = unit
    self.variants = variants
    self.attempt = attempt
    self.waveLimit = waveLimit
    self.inputs = inputs
    self.artifacts = artifacts
    self.baseline = baseline
  }

  /// The trials of the lease.
  public var trials: [TrialID] { variants.map { TrialID(stage: stage, unit: unit, variant: $0) } }
}
