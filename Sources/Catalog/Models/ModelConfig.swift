import Foundation

/// Why a model directory cannot be used: one sentence that names the file and key.
public struct ModelError: Error, Equatable, CustomStringConvertible {
  /// One sentence for people.
  public let description: String
  init(_ description: String) { self.description = description }
}

/// One JSON object of a config file, read key by key; every error names the file and the key.
struct ModelConfig {
  /// Configs are small; anything larger is not one.
  private static let sizeLimit = 16 << 20

  let file: String
  let path: String
  private let values: [String: Any]

  /// Reads a file's top-level object.
  init(file: String) throws {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: file) else {
      throw ModelError("\(file) is missing")
    }
    guard let size = attributes[.size] as? Int, size <= Self.sizeLimit,
      let data = FileManager.default.contents(atPath: file),
      let values = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any]
    else { throw ModelError("\(file) is not a JSON object") }
    self.init(file: file, path: "", values: values)
  }

  private init(file: String, path: String, values: [String: Any]) {
    self.file = file
    self.path = path
    self.values = values
  }

  func error(_ key: String, _ why: String) -> ModelError { ModelError("\(file): \(path)\(key) \(why)") }

  func has(_ key: String) -> Bool { values[key].map { !($0 is NSNull) } ?? false }

  /// Whether the key is there and says null.
  func isNull(_ key: String) -> Bool { values[key] is NSNull }

  /// A nested object; an empty one if the key is missing.
  func object(_ key: String) throws -> ModelConfig {
    guard has(key) else { return ModelConfig(file: file, path: "\(path)\(key).", values: [:]) }
    guard let inner = values[key] as? [String: Any] else { throw error(key, "is not an object") }
    return ModelConfig(file: file, path: "\(path)\(key).", values: inner)
  }

  /// A whole number in `range`; `fallback` where the key is missing, an error without one.
  func integer(_ key: String, default fallback: Int? = nil, in range: ClosedRange<Int> = 1...1_000_000) throws -> Int {
    guard has(key) else {
      guard let fallback else { throw error(key, "is missing") }
      return fallback
    }
    guard let number = values[key] as? NSNumber, let value = Int(exactly: number.doubleValue) else {
      throw error(key, "is not a whole number")
    }
    guard range.contains(value) else {
      throw error(key, "is \(value), outside \(range.lowerBound)...\(range.upperBound)")
    }
    return value
  }

  func number(_ key: String, default fallback: Double? = nil) throws -> Double {
    guard has(key) else {
      guard let fallback else { throw error(key, "is missing") }
      return fallback
    }
    guard let value = (values[key] as? NSNumber)?.doubleValue, value.isFinite else {
      throw error(key, "is not a number")
    }
    return value
  }

  func text(_ key: String, default fallback: String? = nil) throws -> String {
    guard has(key) else {
      guard let fallback else { throw error(key, "is missing") }
      return fallback
    }
    guard let value = values[key] as? String else { throw error(key, "is not a text") }
    return value
  }

  /// A list of texts; empty if the key is missing.
  func texts(_ key: String) throws -> [String] {
    guard has(key) else { return [] }
    guard let list = values[key] as? [String] else { throw error(key, "is not a list of texts") }
    return list
  }

  func flag(_ key: String, default fallback: Bool) throws -> Bool {
    guard has(key) else { return fallback }
    guard let value = values[key] as? Bool else { throw error(key, "is neither true nor false") }
    return value
  }

  func integers(_ key: String, default fallback: [Int]) throws -> [Int] {
    guard has(key) else { return fallback }
    if let list = values[key] as? [NSNumber], list.count <= 256 {
      let whole = list.compactMap { Int(exactly: $0.doubleValue) }
      guard whole.count == list.count else { throw error(key, "is not a list of whole numbers") }
      return whole
    }
    return [try integer(key, in: -1_000_000...1_000_000)]
  }

  func numbers(_ key: String, count: Int, default fallback: [Double]) throws -> [Double] {
    guard has(key) else { return fallback }
    guard let list = values[key] as? [NSNumber], list.count == count, list.allSatisfy(\.doubleValue.isFinite) else {
      throw error(key, "is not a list of \(count) numbers")
    }
    return list.map(\.doubleValue)
  }

  /// One of an enum's names.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ type: Choice.Type, default fallback: Choice? = nil
  ) throws -> Choice {
    guard has(key) || fallback == nil else {
      if let fallback { return fallback }
      throw error(key, "is missing")
    }
    return try choice(named: text(key), key, type)
  }

  /// A list of an enum's names.
  func choices<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ type: Choice.Type, count: Int
  ) throws -> [Choice] {
    guard let names = values[key] as? [String], names.count == count else {
      throw error(key, "is not a list of \(count) names")
    }
    return try names.map { try choice(named: $0, key, type) }
  }

  private func choice<Choice: RawRepresentable<String> & CaseIterable>(
    named name: String, _ key: String, _ type: Choice.Type
  ) throws -> Choice {
    if let choice = Choice(rawValue: name) { return choice }
    let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw error(key, "is '\(name)'; this version supports \(known)")
  }

  /// Refuses options that would change the computation, unless they are unset.
  func refuse(_ keys: String..., because why: String) throws {
    if let key = keys.first(where: has) { throw error(key, "is set: \(why)") }
  }

  /// Refuses keys of this object that are not listed.
  func allow(_ keys: Set<String>) throws {
    if let key = values.keys.sorted().first(where: { has($0) && !keys.contains($0) }) {
      throw error(key, "is not known to this version, and could change the computation")
    }
  }

  /// A positive number.
  func positive(_ key: String, default fallback: Double? = nil) throws -> Double {
    let value = try number(key, default: fallback)
    guard value > 0 else { throw error(key, "is \(value), not positive") }
    return value
  }

  /// Refuses a value of an option that would change the computation.
  func require(_ key: String, isOneOf allowed: [Bool?], because why: String) throws {
    let value = has(key) ? try flag(key, default: false) : nil
    guard allowed.contains(value) else { throw error(key, "is \(value.map(String.init) ?? "unset"): \(why)") }
  }
}
