import Foundation

/// Where runs lie.
enum RunPath {
  /// `--out`, or `runs/NAME` beside the spec.
  static func forSpec(_ spec: String, name: String, out: String?) -> String {
    if let out { return out }
    let folder = URL(fileURLWithPath: spec).deletingLastPathComponent().path
    return "\(folder)/runs/\(name)"
  }

  /// A run given by its directory; without one, the newest below `runs` here.
  static func existing(_ given: String?) throws -> String {
    if let given { return given }
    let candidates = ((try? FileManager.default.contentsOfDirectory(atPath: "runs")) ?? []).map { "runs/\($0)" }
    func written(_ path: String) -> Date {
      (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date ?? .distantPast
    }
    guard let newest = candidates.max(by: { written($0) < written($1) }) else {
      throw UsageError("there is no run here; name its directory, as in 'rebound status runs/NAME'")
    }
    return newest
  }
}

/// Something the user can mend: one sentence.
struct UsageError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
