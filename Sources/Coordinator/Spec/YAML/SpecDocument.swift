import Foundation
import Yams

/// Turns a file into a tree of values, within bounds: specs are outside text.
enum SpecDocument {
  /// A spec is written by hand; anything larger is another file.
  static let byteLimit = 1 << 20
  static let depthLimit = 32
  /// Aliases count as often as they are used.
  static let valueLimit = 200_000
  /// The parser hashes keys with their aliases expanded; n aliases expand to at most 3^(n/3) copies.
  static let aliasLimit = 24
  /// For sets such as `!correct`.
  private static let quotingHint = "put a text that begins with '!' into quotes"

  /// The top-level value; nil after reporting why there is none.
  static func read(file: String, diagnostics: SpecDiagnostics) -> SpecValue? {
    guard let text = text(of: file, diagnostics: diagnostics) else { return nil }
    guard aliases(in: text) <= aliasLimit else {
      diagnostics.report("holds more than \(aliasLimit) aliases ('*name'); write the values out")
      return nil
    }
    guard let root = compose(text, diagnostics: diagnostics) else { return nil }
    var budget = valueLimit
    guard isBounded(root, budget: &budget) else {
      diagnostics.report("holds more than \(valueLimit) values, or is nested deeper than \(depthLimit) levels")
      return nil
    }
    guard !reportTags(root, diagnostics: diagnostics) else { return nil }
    return SpecValue(node: root, key: "", line: root.mark?.line ?? 1, diagnostics: diagnostics)
  }

  private static func text(of file: String, diagnostics: SpecDiagnostics) -> String? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) else {
      diagnostics.report("there is no such file")
      return nil
    }
    guard !isFolder.boolValue, let handle = FileHandle(forReadingAtPath: file),
      let data = try? handle.read(upToCount: byteLimit + 1) ?? Data()
    else {
      diagnostics.report(isFolder.boolValue ? "is a directory, not a spec" : "cannot be read")
      return nil
    }
    guard data.count <= byteLimit else {
      diagnostics.report("is larger than 1 MB, so it is not a spec")
      return nil
    }
    guard let text = String(data: data, encoding: .utf8) else {
      diagnostics.report("is not UTF-8 text")
      return nil
    }
    return text
  }

  /// At least as many as there are: every `*` that a name follows.
  private static func aliases(in text: String) -> Int {
    var count = 0
    var previous: UInt8 = 0
    for byte in text.utf8 {
      let startsName =
        (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || byte == 95 || byte == 45 || byte > 127
      if previous == UInt8(ascii: "*"), startsName { count += 1 }
      previous = byte
    }
    return count
  }

  /// The parser stops at the first repeated key. Each is reported and renamed in place, so that reading goes on.
  private static func compose(_ source: String, diagnostics: SpecDiagnostics) -> Node? {
    var text = source
    for _ in 0..<64 {
      do {
        guard let root = try Yams.compose(yaml: text, .default, .default, .utf8) else {
          diagnostics.report("is empty")
          return nil
        }
        return root
      } catch YamlError.duplicatedKeysInMapping(let names, let context) {
        let name = names.first ?? ""
        diagnostics.report(
          line: context.mark.line, key: name, "the key stands more than once in the same mapping; keep one")
        let placeholder = "\u{E000}\(diagnostics.repeatedKeys.count)"
        guard let renamed = rename(name, to: placeholder, at: context.mark, in: text) else { return nil }
        diagnostics.repeatedKeys.insert(placeholder)
        text = renamed
      } catch {
        report(
          error, lines: source.unicodeScalars.count { $0 == "\n" } + (source.hasSuffix("\n") ? 0 : 1),
          diagnostics: diagnostics)
        return nil
      }
    }
    return nil
  }

  /// The text with the plain key at `mark` replaced; nil if another spelling stands there (quotes, escapes).
  private static func rename(_ name: String, to placeholder: String, at mark: Mark, in text: String) -> String? {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.indices.contains(mark.line - 1), mark.column >= 1, !name.isEmpty else { return nil }
    let scalars = lines[mark.line - 1].unicodeScalars
    let head = scalars.prefix(mark.column - 1)
    let tail = scalars.dropFirst(mark.column - 1)
    guard tail.starts(with: name.unicodeScalars) else { return nil }
    lines[mark.line - 1] = String(head) + placeholder + String(tail.dropFirst(name.unicodeScalars.count))
    return lines.joined(separator: "\n")
  }

  /// The parser may point one line behind the last.
  private static func report(_ error: any Error, lines: Int, diagnostics: SpecDiagnostics) {
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _),
      YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      let circumstance = context.map { ", \($0.text) of line \($0.mark.line)" } ?? ""
      let hint = context?.text.hasSuffix("a tag") == true ? "; \(quotingHint)" : ""
      diagnostics.report(line: min(mark.line, max(1, lines)), "is not YAML: \(problem)\(circumstance)\(hint)")
    case YamlError.reader(let problem, _, _, _): diagnostics.report("is not YAML: \(problem)")
    default: diagnostics.report("is not YAML: \(error)")
    }
  }

  /// Whether the tree has at most `budget` values, which it uses up, and is not too deep.
  private static func isBounded(_ node: Node, budget: inout Int, level: Int = 1) -> Bool {
    budget -= 1
    guard budget >= 0, level <= depthLimit else { return false }
    switch node {
    case .mapping(let mapping):
      for pair in mapping {
        guard isBounded(pair.key, budget: &budget, level: level + 1),
          isBounded(pair.value, budget: &budget, level: level + 1)
        else { return false }
      }
    case .sequence(let sequence):
      for item in sequence {
        guard isBounded(item, budget: &budget, level: level + 1) else { return false }
      }
    case .scalar, .alias: break
    }
    return true
  }

  /// Reports YAML's own tags, which a set such as `!correct` without quotes would be; whether there was one.
  private static func reportTags(_ node: Node, diagnostics: SpecDiagnostics) -> Bool {
    let tag = "\(node.tag)"
    let isTagged = tag.hasPrefix("!")
    if isTagged {
      diagnostics.report(
        line: node.mark?.line, "'\(tag)' is read as a YAML tag; \(quotingHint)")
    }
    let children: [Node]
    switch node {
    case .mapping(let mapping): children = mapping.flatMap { [$0.key, $0.value] }
    case .sequence(let sequence): children = Array(sequence)
    case .scalar, .alias: children = []
    }
    return children.reduce(isTagged) { reportTags($1, diagnostics: diagnostics) || $0 }
  }
}
