import Catalog
import Foundation

/// Where two experiments differ, for people.
struct ExperimentDifference {
  /// Such as `seed: 7, not 8`; at most a few, the last of which says how many more there are.
  let lines: [String]

  /// Compares the canonical JSON of two experiments: what the run has, what the spec says now.
  init(run: Data, spec: Data) throws {
    var found: [String] = []
    Self.compare(
      try JSONSerialization.jsonObject(with: run), try JSONSerialization.jsonObject(with: spec), at: "", &found)
    // The outer keys first: a new seed also reorders every image.
    func depth(_ line: String) -> Int { line.prefix { $0 != ":" }.count { $0 == "." || $0 == "[" } }
    found = found.enumerated().sorted { (depth($0.element), $0.offset) < (depth($1.element), $1.offset) }.map(\.element)
    let most = 8
    lines = found.count <= most ? found : found.prefix(most) + ["\(found.count - most) more"]
  }

  private static func compare(_ run: Any?, _ spec: Any?, at path: String, _ found: inout [String]) {
    if let run = run as? [String: Any], let spec = spec as? [String: Any] {
      for key in Set(run.keys).union(spec.keys).sorted() {
        compare(run[key], spec[key], at: path.isEmpty ? key : "\(path).\(key)", &found)
      }
    } else if let run = run as? [Any], let spec = spec as? [Any] {
      guard run.count == spec.count else {
        found.append("\(path): \(run.count) items, not \(spec.count)")
        return
      }
      for index in run.indices { compare(run[index], spec[index], at: "\(path)[\(index)]", &found) }
    } else {
      let (left, right) = (text(run), text(spec))
      if left != right { found.append("\(path): \(left), not \(right)") }
    }
  }

  private static func text(_ value: Any?) -> String {
    guard let value, !(value is NSNull) else { return "nothing" }
    if value is [Any] || value is [String: Any] { return "a list or mapping" }
    let text = "\(value)"
    return text.count <= 80 ? text : "\(text.prefix(77))…"
  }
}
