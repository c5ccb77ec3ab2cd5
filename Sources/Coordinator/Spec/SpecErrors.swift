/// One thing that is wrong in a spec: where it is, and what would fix it.
public struct SpecError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The spec's path, as it was given.
  public let file: String
  /// The line, counted from 1; nil if the file as a whole is meant.
  public let line: Int?
  /// The key's path, such as `knockouts[2].block.queries`, items counted from 1; nil if none is meant.
  public let key: String?
  /// What is wrong, and where it is not plain what would fix it.
  public let sentence: String

  /// `FILE:LINE: KEY: SENTENCE`.
  public var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return key.map { "\(place): \($0): \(sentence)" } ?? "\(place): \(sentence)"
  }
}

/// Everything that is wrong in a spec, in the order of its lines; never empty.
public struct SpecErrors: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, in the order of lines.
  public let errors: [SpecError]

  /// One line for each error.
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// Collects what is wrong while a spec is read, so that all of it is reported at once.
final class SpecDiagnostics {
  /// The path as it was given, for messages.
  let file: String
  /// Keys that stand in for a repeated one, already reported.
  var repeatedKeys: Set<String> = []
  private var errors: [SpecError] = []

  init(file: String) { self.file = file }

  var isEmpty: Bool { errors.isEmpty }

  func report(line: Int? = nil, key: String? = nil, _ sentence: String) {
    errors.append(SpecError(file: file, line: line, key: key, sentence: sentence))
  }

  /// All errors, by line; those of one line in the order in which they were found.
  var collected: SpecErrors {
    let ordered = errors.enumerated().sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
    return SpecErrors(errors: ordered.map(\.element))
  }
}
