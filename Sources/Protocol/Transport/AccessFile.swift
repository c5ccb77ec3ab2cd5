import Foundation

/// How to reach a run's coordinator: written by it, readable by its owner alone, read by workers and `status`.
public struct AccessFile: Hashable, Sendable, Codable {
  /// Raised whenever the file changes its meaning.
  static let schema = 1

  /// Where the coordinator listens, as workers must say it.
  public let endpoint: Endpoint
  /// The epoch of the coordinator that wrote it.
  public let epoch: Epoch
  /// What to expect there.
  public let protection: Protection

  /// How the endpoint is closed to strangers.
  public enum Protection: Hashable, Sendable {
    /// An `ipc` socket in a directory of the owner.
    case fileSystem
    /// CURVE: the coordinator's public key, and pairs for those who work, those who only ask for the status, and those who steer
    /// the run; nil where the file is not for them.
    case curve(server: CurveKey, worker: CurveKeyPair? = nil, status: CurveKeyPair? = nil, control: CurveKeyPair? = nil)
    /// Open to everybody who can reach it.
    case insecure
  }

  /// Takes each property as it is.
  public init(endpoint: Endpoint, epoch: Epoch, protection: Protection) {
    self.endpoint = endpoint
    self.epoch = epoch
    self.protection = protection
  }

  /// What a peer in `role` connects with; throws if the file holds no key for it.
  public func security(as role: PeerRole) throws(TransportError) -> ClientSecurity {
    switch (protection, role) {
    case (.fileSystem, _): return .fileSystem
    case (.insecure, _): return .insecure
    case (.curve(let server, let worker, let status, let control), _):
      let own: CurveKeyPair? =
        switch role {
        case .worker: worker
        case .status: status
        case .control, .owner: control
        }
      if let own { return .curve(server: server, own: own) }
      throw TransportError(
        .accessFile,
        worker == nil && control == nil
          ? "this access file is for reading the status only; workers and control need the run's own"
          : "this access file holds no key for \(role.purpose); the run's own may, or 'rebound keys new --role \(role.rawValue)'"
      )
    }
  }

  /// A copy to share with those who may read the status: without the keys of workers and control.
  public var forStatus: AccessFile {
    guard case .curve(let server, _, let status, _) = protection else { return self }
    return AccessFile(endpoint: endpoint, epoch: epoch, protection: .curve(server: server, worker: nil, status: status))
  }
}

extension AccessFile {
  private enum CodingKeys: String, CodingKey {
    case schema, endpoint, epoch, protection, server, worker, status, control
  }

  private enum Name: String, Codable {
    case fileSystem = "file-system"
    case curve, insecure
  }

  /// Reads its JSON.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let schema = try container.decode(Int.self, forKey: .schema)
    guard schema == Self.schema else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: container, debugDescription: "schema \(schema), this version reads \(Self.schema)")
    }
    endpoint = try container.decode(Endpoint.self, forKey: .endpoint)
    epoch = Epoch(try container.decode(UInt64.self, forKey: .epoch))
    protection =
      switch try container.decode(Name.self, forKey: .protection) {
      case .fileSystem: .fileSystem
      case .insecure: .insecure
      case .curve:
        .curve(
          server: try container.decode(CurveKey.self, forKey: .server),
          worker: try container.decodeIfPresent(CurveKeyPair.self, forKey: .worker),
          status: try container.decodeIfPresent(CurveKeyPair.self, forKey: .status),
          control: try container.decodeIfPresent(CurveKeyPair.self, forKey: .control))
      }
  }

  /// Writes its JSON.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.schema, forKey: .schema)
    try container.encode(endpoint, forKey: .endpoint)
    try container.encode(epoch.number, forKey: .epoch)
    switch protection {
    case .fileSystem: try container.encode(Name.fileSystem, forKey: .protection)
    case .insecure: try container.encode(Name.insecure, forKey: .protection)
    case .curve(let server, let worker, let status, let control):
      try container.encode(Name.curve, forKey: .protection)
      try container.encode(server, forKey: .server)
      try container.encodeIfPresent(worker, forKey: .worker)
      try container.encodeIfPresent(status, forKey: .status)
      try container.encodeIfPresent(control, forKey: .control)
    }
  }
}
