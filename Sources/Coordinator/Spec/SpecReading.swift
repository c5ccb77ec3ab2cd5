import Catalog

/// What a spec says, as far as it can be read, and all that is wrong with it.
public struct SpecReading: Sendable {
  /// The spec; nil if anything is wrong with it.
  public let spec: Spec?
  /// Its model, even where something else is wrong; nil if the model cannot be used.
  public let facts: ModelFacts?
  /// What is wrong, in the order of lines; empty if there is a spec.
  public let errors: [SpecError]

  /// Reads `file` as ``Spec/load(file:)`` does.
  public init(file: String) {
    let diagnostics = SpecDiagnostics(file: file)
    let root = SpecDocument.read(file: file, diagnostics: diagnostics)
    (spec, facts) = root.map { SpecReader(file: file, diagnostics: diagnostics).read($0) } ?? (nil, nil)
    errors = diagnostics.collected.errors
  }
}
