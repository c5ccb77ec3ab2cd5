/// Finds what somebody probably meant.
public enum Nearest {
  /// The candidate closest to `word` in edit distance, if it is close enough to be meant.
  public static func match(for word: String, among candidates: [String]) -> String? {
    let scored = candidates.prefix(10_000).map { ($0, distance(Array(word.lowercased()), Array($0.lowercased()))) }
    guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= max(2, word.count / 3) else { return nil }
    return best.0
  }

  /// `; did you mean 'X'?`, or nothing.
  public static func suggestion(for word: String, among candidates: [String]) -> String {
    match(for: word, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
  }

  /// Levenshtein distance.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    guard left.count < 200, right.count < 200 else { return Int.max }
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let above = row[j + 1]
        row[j + 1] = a == b ? diagonal : 1 + min(diagonal, above, row[j])
        diagonal = above
      }
    }
    return row[right.count]
  }
}

extension StringProtocol {
  /// Without white space at either end.
  public var trimmed: String {
    var part = self[...]
    while part.first?.isWhitespace == true { part = part.dropFirst() }
    while part.last?.isWhitespace == true { part = part.dropLast() }
    return String(part)
  }
}
