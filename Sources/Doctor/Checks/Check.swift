/// Judges one thing by the evidence.
protocol Check: Sendable {
  /// What it saw and thinks of it; nil where there is nothing to judge.
  func finding(_ evidence: Evidence) -> Finding?
}

/// What a check saw.
public struct Finding: Hashable, Sendable, Encodable {
  /// What was looked at, such as `memory`.
  public let name: String
  /// What was seen, in a few words.
  public let value: String
  /// What would keep a sweep from working, a sentence each.
  public let problems: [String]
  /// What is worth knowing or could be better, a sentence each.
  public let advice: [String]

  init(_ name: String, _ value: String, problems: [String] = [], advice: [String] = []) {
    self.name = name
    self.value = value
    self.problems = problems
    self.advice = advice
  }
}

extension [String] {
  /// The first few sentences, and how many more there are of their kind.
  func first(_ count: Int, of things: String) -> [String] {
    self.count <= count + 1 ? self : prefix(count) + ["and \(self.count - count) more \(things) like these"]
  }
}
