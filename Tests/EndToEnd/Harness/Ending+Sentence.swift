import Testing

extension Ending {
  /// Checks that the command failed with one sentence on standard error that says all of this, and said nothing else.
  func expectSentence(code: Int32 = 1, _ parts: String..., location: SourceLocation = #_sourceLocation) {
    let lines = errors.split(separator: "\n")
    #expect(self.code == code, "\(errors)", sourceLocation: location)
    #expect(lines.count == 1 && errors.hasPrefix("rebound: "), "not one sentence: \(errors)", sourceLocation: location)
    #expect(!errors.dropFirst(9).contains("rebound: "), "an error within an error: \(errors)", sourceLocation: location)
    for part in parts { #expect(errors.contains(part), "'\(part)' is not in: \(errors)", sourceLocation: location) }
    #expect(output.isEmpty, sourceLocation: location)
  }
}
