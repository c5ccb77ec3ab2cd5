import Foundation

/// The keys of a run: the coordinator's own, and those that may connect to it, by name. Kept in the run directory, so that keys
/// stay good when the coordinator is started again.
public struct Keyring: Hashable, Sendable {
  /// Raised whenever the file changes its meaning.
  private static let schema = 1
  /// More keys than these are not kept.
  private static let limit = 20_000

  /// The coordinator's pair.
  public let server: CurveKeyPair
  /// All keys that there have ever been, in the order in which they were made.
  public private(set) var keys: [Key]

  /// A key that may connect, or might.
  public struct Key: Hashable, Sendable, Codable {
    /// What people call it.
    public let name: String
    /// What it may do.
    public let role: PeerRole
    /// What the coordinator knows it by.
    public let publicKey: CurveKey
    /// Its secret half, of the keys that the run's access file holds; nil where that was given away.
    let secretKey: CurveKey?
    /// When it was made, in seconds since 1970.
    public let created: Double
    /// When it was revoked; nil while it is good.
    public fileprivate(set) var revoked: Double?

    private enum CodingKeys: String, CodingKey {
      case name, role, created, revoked
      case publicKey = "public"
      case secretKey = "secret"
    }
  }

  /// The names of the keys in the run's access file: whoever can read that file can use them.
  public static let shared: [PeerRole: String] = [.worker: "workers", .status: "status", .control: "control"]

  /// A new one with the shared keys; `now` in seconds since 1970.
  public init(now: Double) throws(TransportError) {
    server = try CurveKeyPair()
    keys = []
    for role in [PeerRole.worker, .status, .control] {
      let pair = try CurveKeyPair()
      keys.append(
        Key(
          name: Self.shared[role] ?? role.rawValue, role: role, publicKey: pair.publicKey, secretKey: pair.secretKey,
          created: now, revoked: nil))
    }
  }

  /// Makes a key with a name of its own, whose secret half only the returned pair holds.
  public mutating func add(_ name: String, _ role: PeerRole, now: Double) throws(TransportError) -> CurveKeyPair {
    let isName =
      !name.isEmpty && name.utf8.count <= 64
      && name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789.-_".unicodeScalars.contains($0))
      }
    guard isName else {
      throw TransportError(
        .accessFile, "'\(name.prefix(64))' can't name a key: use up to 64 letters, digits, '.', '-' and '_'")
    }
    guard !keys.contains(where: { $0.name == name }) else {
      throw TransportError(.accessFile, "there is, or was, a key '\(name)' already; choose another name")
    }
    guard keys.count < Self.limit else {
      throw TransportError(.accessFile, "the run has \(keys.count) keys, and no more are kept")
    }
    let pair = try CurveKeyPair()
    keys.append(
      Key(name: name, role: role, publicKey: pair.publicKey, secretKey: nil, created: now, revoked: nil))
    return pair
  }

  /// Who has this key is not let in any more.
  public mutating func revoke(_ name: String, now: Double) throws(TransportError) {
    guard let index = keys.firstIndex(where: { $0.name == name }) else {
      let names = keys.map(\.name).prefix(20).joined(separator: ", ")
      throw TransportError(.accessFile, "there is no key '\(name)'; the run has \(names)")
    }
    keys[index].revoked = keys[index].revoked ?? now
  }

  /// Who may connect, by public key.
  public var holders: [CurveKey: KeyHolder] {
    let good = keys.filter { $0.revoked == nil }.map { ($0.publicKey, KeyHolder(name: $0.name, role: $0.role)) }
    return Dictionary(good) { first, _ in first }
  }

  /// What the run's own access file says: the coordinator's key and the shared ones that are good.
  public var protection: AccessFile.Protection {
    .curve(server: server.publicKey, worker: pair(.worker), status: pair(.status), control: pair(.control))
  }

  private func pair(_ role: PeerRole) -> CurveKeyPair? {
    keys.first { $0.name == Self.shared[role] && $0.revoked == nil }
      .flatMap { key in key.secretKey.map { CurveKeyPair(publicKey: key.publicKey, secretKey: $0) } }
  }
}

/// Who a connected peer is.
public struct KeyHolder: Hashable, Sendable {
  /// The name of its key.
  public let name: String
  /// What it may do.
  public let role: PeerRole

  /// Takes each property as it is.
  public init(name: String, role: PeerRole) {
    self.name = name
    self.role = role
  }
}

extension Keyring: Codable {
  private enum CodingKeys: String, CodingKey { case schema, server, keys }

  /// Reads its JSON.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let schema = try container.decode(Int.self, forKey: .schema)
    guard schema == Self.schema else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: container, debugDescription: "schema \(schema), this version reads \(Self.schema)")
    }
    server = try container.decode(CurveKeyPair.self, forKey: .server)
    keys = try container.decode([Key].self, forKey: .keys)
    guard keys.count <= Self.limit, Set(keys.map(\.name)).count == keys.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .keys, in: container, debugDescription: "too many keys, or two of one name")
    }
  }

  /// Writes its JSON.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.schema, forKey: .schema)
    try container.encode(server, forKey: .server)
    try container.encode(keys, forKey: .keys)
  }
}
