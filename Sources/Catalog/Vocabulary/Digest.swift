import CSodium
import Foundation

/// A SHA-256 digest: the identity of models, images, stages and outcomes. Computed by libsodium.
public struct Digest: Hashable, Sendable {
  /// 32 bytes.
  public let bytes: [UInt8]

  /// Takes 32 bytes; nil for any other number.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    self.bytes = Array(bytes)
  }

  /// The digest of `data`.
  public init(of data: some ContiguousBytes) {
    var hasher = Digest.Hasher()
    hasher.update(data)
    self = hasher.finish()
  }

  /// Adds bytes piece by piece.
  public struct Hasher {
    private var state = crypto_hash_sha256_state()

    /// No bytes yet.
    public init() { crypto_hash_sha256_init(&state) }

    /// Adds bytes.
    public mutating func update(_ data: some ContiguousBytes) {
      data.withUnsafeBytes { bytes in
        _ = crypto_hash_sha256_update(
          &state, bytes.bindMemory(to: UInt8.self).baseAddress, UInt64(bytes.count))
      }
    }

    /// The digest of all bytes added; the hasher must not be used again.
    public mutating func finish() -> Digest {
      var out = [UInt8](repeating: 0, count: 32)
      crypto_hash_sha256_final(&state, &out)
      return Digest(exactly: out)
    }
  }

  private init(exactly bytes: [UInt8]) { self.bytes = bytes }
}

extension Digest: CustomStringConvertible {
  /// 64 hexadecimal digits.
  public var description: String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// The first 12 digits, for people.
  public var short: String { String(description.prefix(12)) }

  /// Parses 64 hexadecimal digits.
  public init?(_ text: String) {
    let digits = Array(text.utf8)
    // An initialiser with a radix would take a sign, too.
    guard digits.count == 64, text.allSatisfy(\.isHexDigit) else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: 64, by: 2) {
      guard let byte = UInt8(String(decoding: digits[start..<start + 2], as: UTF8.self), radix: 16) else { return nil }
      bytes.append(byte)
    }
    self.bytes = bytes
  }
}

extension Digest: Codable {
  /// Reads what `encode(to:)` writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let digest = Digest(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a SHA-256 digest")
    }
    self = digest
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
