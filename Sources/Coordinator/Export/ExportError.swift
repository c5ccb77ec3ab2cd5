/// Why a run can't be exported: one sentence.
public struct ExportError: Error, Sendable, CustomStringConvertible {
  /// One sentence for people.
  public let description: String

  init(_ description: String) { self.description = description }
}
