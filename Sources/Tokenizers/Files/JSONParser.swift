/// Reads JSON that nobody vouches for: bounded in size, depth and number of values, and valid UTF-8 throughout.
struct JSONParser {
  private let file: String
  private let bytes: [UInt8]
  private var index = 0
  private var values = 0

  static let sizeLimit = 64 << 20
  private static let depthLimit = 64
  private static let valueLimit = 8_000_000

  private init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// The value that `bytes` hold; throws an error that names `file` and the place.
  static func parse(_ bytes: [UInt8], file: String) throws(TokenizerError) -> JSONValue {
    guard bytes.count <= sizeLimit else {
      throw TokenizerError("\(file) has \(bytes.count) bytes; at most \(sizeLimit) are read")
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw TokenizerError("\(file) is not text in UTF-8")
    }
    var parser = JSONParser(bytes, file: file)
    let value = try parser.value(depth: 0)
    parser.skipSpaces()
    guard parser.index == bytes.count else { throw parser.error("holds more behind its end") }
    return value
  }

  private func error(_ what: String) -> TokenizerError {
    TokenizerError("\(file) is not valid JSON: it \(what), at byte \(index)")
  }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpaces() {
    while let next, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { index += 1 }
  }

  private mutating func takes(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard next == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func value(depth: Int) throws(TokenizerError) -> JSONValue {
    values += 1
    guard values <= Self.valueLimit else { throw error("holds more than \(Self.valueLimit) values") }
    guard depth < Self.depthLimit else { throw error("is nested more than \(Self.depthLimit) deep") }
    skipSpaces()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try list(depth: depth)
    case UInt8(ascii: "\""): return .text(try text())
    case .some(let byte) where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte): return try number()
    default: break
    }
    let words: [(String, JSONValue)] = [("true", .flag(true)), ("false", .flag(false)), ("null", .null)]
    for (word, value) in words where bytes[index...].starts(with: word.utf8) {
      index += word.utf8.count
      return value
    }
    throw error(next == nil ? "is cut off" : "holds something that is no value")
  }

  private mutating func object(depth: Int) throws(TokenizerError) -> JSONValue {
    index += 1
    var entries: [(key: [UInt8], value: JSONValue)] = []
    if takes("}") { return .object(entries) }
    repeat {
      skipSpaces()
      guard next == UInt8(ascii: "\"") else { throw error(next == nil ? "is cut off" : "holds a key that is no text") }
      let key = try text()
      guard takes(":") else { throw error("lacks a colon behind a key") }
      entries.append((key, try value(depth: depth + 1)))
    } while takes(",")
    guard takes("}") else { throw error(next == nil ? "is cut off" : "holds an object that does not end") }
    return .object(entries)
  }

  private mutating func list(depth: Int) throws(TokenizerError) -> JSONValue {
    index += 1
    var items: [JSONValue] = []
    if takes("]") { return .list(items) }
    repeat { items.append(try value(depth: depth + 1)) } while takes(",")
    guard takes("]") else { throw error(next == nil ? "is cut off" : "holds a list that does not end") }
    return .list(items)
  }

  private mutating func number() throws(TokenizerError) -> JSONValue {
    let start = index
    while let next, (0x30...0x39).contains(next) || "+-.eE".utf8.contains(next) { index += 1 }
    guard let number = Double(String(decoding: bytes[start..<index], as: UTF8.self)), number.isFinite else {
      throw error("holds a number that is none")
    }
    return .number(number)
  }

  private mutating func text() throws(TokenizerError) -> [UInt8] {
    index += 1
    var result: [UInt8] = []
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return result
      case UInt8(ascii: "\\"): result += try escaped()
      case 0..<0x20: throw error("holds a control character in a text")
      default: result.append(byte)
      }
    }
    throw error("is cut off")
  }

  /// What follows a backslash, in UTF-8.
  private mutating func escaped() throws(TokenizerError) -> [UInt8] {
    let plain: [UInt8: UInt8] = [
      UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 8,
      UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    ]
    guard let letter = next else { throw error("is cut off") }
    index += 1
    if let byte = plain[letter] { return [byte] }
    guard letter == UInt8(ascii: "u") else { throw error("holds an unknown escape") }
    var code = UInt32(try unit())
    if (0xD800..<0xDC00).contains(code), bytes[index...].starts(with: "\\u".utf8) {
      index += 2
      let low = UInt32(try unit())
      guard (0xDC00..<0xE000).contains(low) else { throw error("holds half of a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw error("holds half of a surrogate pair") }
    return [scalar].utf8
  }

  /// Four hexadecimal digits.
  private mutating func unit() throws(TokenizerError) -> UInt16 {
    guard index + 4 <= bytes.count,
      let unit = UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16),
      bytes[index] != UInt8(ascii: "+")
    else { throw error("holds a character code without four digits") }
    index += 4
    return unit
  }
}
