/// A CURVE public key, as the 40 characters of its Z85 text.
public struct CurveKey: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Its Z85 text.
  public let description: String

  /// Parses Z85 text; nil if it is not a key.
  public init?(_ text: String) {
    guard ZeroMQCurve.isKey(text) else { return nil }
    description = text
  }

  /// Reads Z85 text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let key = CurveKey(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a CURVE key")
    }
    self = key
  }

  /// Writes Z85 text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// A CURVE public key with its secret one.
public struct CurveKeyPair: Hashable, Sendable, Codable {
  /// What others know it by.
  public let publicKey: CurveKey
  /// What proves it.
  let secretKey: CurveKey

  init(publicKey: CurveKey, secretKey: CurveKey) {
    self.publicKey = publicKey
    self.secretKey = secretKey
  }

  /// A new pair from the system's randomness.
  public init() throws(TransportError) {
    let (publicText, secretText) = try ZeroMQCurve.keyPair()
    guard let publicKey = CurveKey(publicText), let secretKey = CurveKey(secretText) else {
      throw TransportError(.system(0), "cannot generate CURVE keys: libzmq was built without CURVE")
    }
    self.publicKey = publicKey
    self.secretKey = secretKey
  }

  private enum CodingKeys: String, CodingKey {
    case publicKey = "public"
    case secretKey = "secret"
  }
}

extension CurveKeyPair: CustomStringConvertible {
  /// The public key: secrets stay out of logs.
  public var description: String { publicKey.description }
}
