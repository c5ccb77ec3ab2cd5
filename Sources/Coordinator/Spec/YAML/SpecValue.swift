import Catalog
import Yams

/// One value of a spec with its place; reading it as the wrong type reports that and yields nil.
struct SpecValue {
  let node: Node
  /// The key's path, such as `data.train.images`.
  let key: String
  let line: Int
  let diagnostics: SpecDiagnostics

  /// Reports what is wrong with this value.
  func fail(_ sentence: String) { diagnostics.report(line: line, key: key.isEmpty ? nil : key, sentence) }

  /// What the value is, for messages: `'abc'`, `a list` or `a mapping`.
  var shown: String {
    switch node {
    case .scalar(let scalar): "'\(scalar.string.count > 80 ? scalar.string.prefix(80) + "…" : scalar.string)'"
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .alias: "an alias"
    }
  }

  var isList: Bool { node.sequence != nil }
  var isMapping: Bool { node.mapping != nil }

  /// Whether this mapping gives `name` a value; for looking ahead.
  func holds(_ name: String) -> Bool {
    guard case .mapping(let mapping) = node, let value = mapping[Node(name)] else { return false }
    return !SpecValue(node: value, key: key, line: line, diagnostics: diagnostics).isNull
  }

  /// A plain scalar's text, of which numbers, flags and null are made; nil if quoted, a list or a mapping.
  private var plain: String? {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return nil }
    return scalar.string
  }

  /// `null`, `~` or nothing at all: the same as leaving the key out.
  var isNull: Bool { plain.map { ["", "~", "null", "Null", "NULL"].contains($0) } ?? false }

  /// Whether the value is this plain word.
  func isWord(_ word: String) -> Bool { node.scalar?.string == word }

  func text() -> String? {
    guard case .scalar(let scalar) = node, !isNull, !scalar.string.isEmpty else {
      fail("is \(isNull ? "empty" : shown), but a text is expected here")
      return nil
    }
    return scalar.string
  }

  /// A whole number in `range`; `alternative` names what else would be allowed, for the message.
  func integer(in range: ClosedRange<Int>, or alternative: String? = nil) -> Int? {
    let other = alternative.map { "\($0) or " } ?? ""
    guard let plain, let value = Int(plain) else {
      fail("is \(shown), but \(other)a whole number is expected here")
      return nil
    }
    guard range.contains(value) else {
      let bounds =
        range.upperBound == Int.max
        ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      fail("is \(value), but must be \(other)\(bounds)")
      return nil
    }
    return value
  }

  /// A whole number of 64 bits without sign.
  func unsigned() -> UInt64? {
    guard let plain, let value = UInt64(plain) else {
      fail("is \(shown), but a whole number from 0 to \(UInt64.max) is expected here")
      return nil
    }
    return value
  }

  /// A finite number.
  func number() -> Double? {
    guard let plain, let value = Double(plain), value.isFinite else {
      fail("is \(shown), but a number is expected here")
      return nil
    }
    return value
  }

  func flag() -> Bool? {
    switch plain {
    case "true": return true
    case "false": return false
    default:
      fail("is \(shown), but true or false is expected here")
      return nil
    }
  }

  /// One of `names`; `unsupported` are the design's names that this version refuses.
  func choice(_ names: [String], unsupported: [String] = []) -> String? {
    guard let name = text() else { return nil }
    if names.contains(name) { return name }
    if unsupported.contains(name) {
      fail("'\(name)' is not supported by this version; use \(Self.alternatives(names))")
    } else {
      fail("'\(name)' is not one of \(names.joined(separator: ", "))\(Nearest.suggestion(for: name, among: names))")
    }
    return nil
  }

  /// `a`, `a or b`, `a, b or c`.
  static func alternatives(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " or " + last
  }

  /// The items of a list, numbered from 1 in their keys.
  func list(of what: String) -> [SpecValue]? {
    guard case .sequence(let sequence) = node else {
      fail("is \(isNull ? "empty" : shown), but a list of \(what) is expected here")
      return nil
    }
    return sequence.enumerated().map { index, item in
      SpecValue(node: item, key: "\(key)[\(index + 1)]", line: item.mark?.line ?? line, diagnostics: diagnostics)
    }
  }

  /// The entries of a mapping whose keys are the spec's own, in its order.
  func entries() -> [(name: String, value: SpecValue)]? {
    let names = node.mapping?.compactMap { $0.key.scalar?.string } ?? []
    return mapping(keys: names).map { known in names.compactMap { name in known.entries[name].map { (name, $0) } } }
  }

  /// The mapping, every key of which must be in `keys`; the unknown ones are reported, and it is read without them.
  func mapping(keys: [String]) -> SpecMapping? {
    guard case .mapping(let mapping) = node else {
      fail(
        "is \(isNull ? "empty" : shown), but a mapping with the keys \(keys.joined(separator: ", ")) is expected here")
      return nil
    }
    var entries: [String: SpecValue] = [:]
    for pair in mapping {
      let line = pair.key.mark?.line ?? line
      guard case .scalar(let scalar) = pair.key else {
        diagnostics.report(line: line, key: key.isEmpty ? nil : key, "holds a key that is not a word")
        continue
      }
      let name = scalar.string
      guard !diagnostics.repeatedKeys.contains(name) else { continue }
      let path = key.isEmpty ? name : "\(key).\(name)"
      guard keys.contains(name) else {
        let guess = Nearest.suggestion(for: name, among: keys)
        let known = guess.isEmpty ? "; the keys here are \(keys.joined(separator: ", "))" : guess
        diagnostics.report(line: line, key: path, "is not a key of the spec\(known)")
        continue
      }
      guard entries[name] == nil else {
        diagnostics.report(line: line, key: path, "the key stands more than once in the same mapping; keep one")
        continue
      }
      entries[name] = SpecValue(
        node: pair.value, key: path, line: pair.value.mark?.line ?? line, diagnostics: diagnostics)
    }
    return SpecMapping(key: key, line: line, entries: entries, diagnostics: diagnostics)
  }
}

/// A mapping of a spec, its known keys only.
struct SpecMapping {
  let key: String
  let line: Int
  let entries: [String: SpecValue]
  let diagnostics: SpecDiagnostics

  /// The value of `name`; nil if it is left out or null.
  subscript(name: String) -> SpecValue? { entries[name].flatMap { $0.isNull ? nil : $0 } }

  /// The value of `name`, which must be there: `hint` says what to write.
  func required(_ name: String, _ hint: String) -> SpecValue? {
    if let value = self[name] { return value }
    diagnostics.report(
      line: entries[name]?.line ?? line, key: key.isEmpty ? name : "\(key).\(name)", "is missing; write \(hint)")
    return nil
  }

  /// Refuses keys that only make sense elsewhere.
  func refuse(_ names: [String], _ sentence: String) {
    for name in names { self[name]?.fail(sentence) }
  }
}
