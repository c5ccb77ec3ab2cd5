import Catalog
import Foundation

/// What a trial returns.
public struct Outcome: Hashable, Sendable {
  /// What was computed.
  public let trial: TrialID
  /// The lease it was computed under; only for the record, since any valid outcome commits.
  public let lease: LeaseID
  /// The epoch of that lease.
  public let epoch: Epoch
  /// The attempt of that lease.
  public let attempt: UInt32
  /// Names everything that the payload depends on: stage spec, model, probes, kernel. Must equal the stage's.
  public let inputs: Digest
  /// The result.
  public let payload: Payload
  /// Computing time, in seconds.
  public let seconds: Double

  /// Takes each property as it is.
  public init(
    trial: TrialID, lease: LeaseID, epoch: Epoch, attempt: UInt32, inputs: Digest, payload: Payload, seconds: Double
  ) {
    self.trial = trial
    self.lease = lease
    self.epoch = epoch
    self.attempt = attempt
    self.inputs = inputs
    self.payload = payload
    self.seconds = seconds
  }

  /// The result itself, by stage.
  public enum Payload: Hashable, Sendable {
    /// `extract`: the features lie in the run directory.
    case features(FeatureFile)
    /// `fit`: the probe as a safetensors file with `SITE.weight`, `SITE.bias`, `SITE.mean`, `SITE.std`.
    case probe(FittedProbe)
    /// `sweep`: predictions and counts.
    case cells(CellResults)
  }

  /// A feature file written to the run directory and synced before the outcome is sent.
  public struct FeatureFile: Hashable, Sendable {
    /// Of the file's bytes.
    public let digest: Digest
    /// The file's size.
    public let bytes: UInt64
    /// How many tokens it holds.
    public let tokens: UInt32

    /// Takes each property as it is.
    public init(digest: Digest, bytes: UInt64, tokens: UInt32) {
      self.digest = digest
      self.bytes = bytes
      self.tokens = tokens
    }
  }

  /// One site's probe.
  public struct FittedProbe: Hashable, Sendable {
    /// The safetensors file's bytes.
    public let file: Data
    /// The chosen λ.
    public let l2: Double
    /// L-BFGS iterations of the final fit (0 for ridge).
    public let iterations: UInt32
    /// Token accuracy on the held-out tenth, at the chosen λ.
    public let heldOutAccuracy: Double

    /// Takes each property as it is.
    public init(file: Data, l2: Double, iterations: UInt32, heldOutAccuracy: Double) {
      self.file = file
      self.l2 = l2
      self.iterations = iterations
      self.heldOutAccuracy = heldOutAccuracy
    }
  }
}
