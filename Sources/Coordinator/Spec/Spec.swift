import Catalog
import Foundation

/// A spec, read and checked against its model and its data set.
public struct Spec: Sendable {
  /// Everything that decides a number.
  public let experiment: Experiment
  /// The model it was checked against.
  public let facts: ModelFacts
  /// The tokens before the image, and where the spec has them from.
  public let prompt: ChosenPrompt
  /// `compute.threads`: threads of a worker, which decide no number; nil for `auto`.
  public let threads: Int?
  /// `reuse`: directories of runs whose outcomes are taken over where they are the same; they decide no number.
  public let reuse: [String]
  /// `audit`: the share of the sweep's trials that are computed twice and compared; it decides no number.
  public let audit: Double

  /// Reads `file`, a YAML spec as in docs/spec.md. Paths in it are relative to the file.
  ///
  /// Throws everything that is wrong, at once. The file's model directory and its data set are listed, and 64 MB of the
  /// weights are read to name the model; images are not decoded.
  public static func load(file: String) throws(SpecErrors) -> Spec {
    let reading = SpecReading(file: file)
    guard let spec = reading.spec else { throw SpecErrors(errors: reading.errors) }
    return spec
  }
}
