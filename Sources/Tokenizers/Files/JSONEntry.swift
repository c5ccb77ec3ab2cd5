/// A value of a JSON file with its place, read as what it should be; every error names the file and the key.
struct JSONEntry {
  let file: String
  /// Such as `model.merges[3]`; empty for the file itself.
  let key: String
  let value: JSONValue

  func error(_ why: String) -> TokenizerError {
    TokenizerError(key.isEmpty ? "\(file) \(why)" : "\(file): \(key) \(why)")
  }

  var isNull: Bool { if case .null = value { true } else { false } }

  private func at(_ name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }

  /// The entries of an object, in the file's order.
  func entries() throws(TokenizerError) -> [(name: [UInt8], entry: JSONEntry)] {
    guard case .object(let entries) = value else { throw error("is \(value.kind), not an object") }
    return entries.map {
      ($0.key, JSONEntry(file: file, key: at(String(decoding: $0.key, as: UTF8.self)), value: $0.value))
    }
  }

  /// The entry of an object with this name, null if it has none.
  func at(_ name: String) throws(TokenizerError) -> JSONEntry {
    guard case .object(let entries) = value else { throw error("is \(value.kind), not an object") }
    let found = entries.last { $0.key.elementsEqual(name.utf8) }
    return JSONEntry(file: file, key: at(name), value: found?.value ?? .null)
  }

  func list(atMost limit: Int) throws(TokenizerError) -> [JSONEntry] {
    guard case .list(let items) = value else { throw error("is \(value.kind), not a list") }
    guard items.count <= limit else { throw error("holds \(items.count) items; at most \(limit) are read") }
    return items.enumerated().map { JSONEntry(file: file, key: "\(key)[\($0)]", value: $1) }
  }

  func bytes() throws(TokenizerError) -> [UInt8] {
    guard case .text(let bytes) = value else { throw error("is \(value.kind), not a text") }
    return bytes
  }

  func text() throws(TokenizerError) -> String { String(decoding: try bytes(), as: UTF8.self) }

  /// The text; nil for null.
  func optionalText() throws(TokenizerError) -> String? { isNull ? nil : try text() }

  func flag(default fallback: Bool) throws(TokenizerError) -> Bool {
    switch value {
    case .flag(let flag): return flag
    case .null: return fallback
    default: throw error("is \(value.kind), neither true nor false")
    }
  }

  func integer(in range: Range<Int>) throws(TokenizerError) -> Int {
    guard case .number(let number) = value, let integer = Int(exactly: number) else {
      throw error("is \(value.kind), not a whole number")
    }
    guard range.contains(integer) else {
      throw error("is \(integer), outside \(range.lowerBound)...\(range.upperBound - 1)")
    }
    return integer
  }

  /// Refuses a value other than null or the ones that change nothing.
  func mustBeOff(_ what: String) throws(TokenizerError) {
    switch value {
    case .null, .flag(false), .number(0): return
    case .text(let bytes) where bytes.isEmpty: return
    default: throw error("is set, but \(what) is not supported by this version; give token ids instead of text")
    }
  }
}
