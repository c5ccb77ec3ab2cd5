import Catalog
import Foundation
import Protocol

/// An outcome as it is kept: its payload as bytes, and what the coordinator needs to know of it without reading them.
public struct EncodedOutcome: Hashable, Sendable {
  /// The trial.
  public let trial: TrialID
  /// The lease it was computed under.
  public let lease: LeaseID
  /// The epoch of that lease.
  public let epoch: Epoch
  /// Which attempt it was, from 1.
  public let attempt: UInt32
  /// What it says that it depends on; see ``StageInputs``.
  public let inputs: Digest
  /// Computing time, in seconds.
  public let seconds: Double
  /// ``Protocol/Outcome/Payload/encoded()``.
  public let payload: Data
  /// The digest of `payload`, which every computation of the trial must agree in.
  public let digest: Digest
  /// The file that later stages read: the feature file of a shard or the probe file of a site; nil in `sweep`.
  public let artifact: Digest?

  /// Takes each property as it is.
  public init(
    trial: TrialID, lease: LeaseID, epoch: Epoch, attempt: UInt32, inputs: Digest, seconds: Double, payload: Data,
    digest: Digest, artifact: Digest?
  ) {
    self.trial = trial
    self.lease = lease
    self.epoch = epoch
    self.attempt = attempt
    self.inputs = inputs
    self.seconds = seconds
    self.payload = payload
    self.digest = digest
    self.artifact = artifact
  }

  /// The same outcome of a trial that has another number elsewhere.
  func renumbered(_ trial: TrialID) -> EncodedOutcome {
    EncodedOutcome(
      trial: trial, lease: lease, epoch: epoch, attempt: attempt, inputs: inputs, seconds: seconds, payload: payload,
      digest: digest, artifact: artifact)
  }

  /// Encodes an outcome; throws where its parts contradict each other.
  public init(_ outcome: Outcome) throws(WireError) {
    let payload = try outcome.payload.encoded()
    let artifact: Digest? =
      switch outcome.payload {
      case .features(let file): file.digest
      case .probe(let probe): Digest(of: probe.file)
      case .cells: nil
      }
    self.init(
      trial: outcome.trial, lease: outcome.lease, epoch: outcome.epoch, attempt: outcome.attempt,
      inputs: outcome.inputs, seconds: outcome.seconds, payload: payload, digest: Digest(of: payload),
      artifact: artifact)
  }
}
