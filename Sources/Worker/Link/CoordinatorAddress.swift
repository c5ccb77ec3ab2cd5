import Protocol

/// Where a worker finds its coordinator.
public enum CoordinatorAddress: Hashable, Sendable {
  /// In a run's access file, which is read anew for every connection: a restarted coordinator may listen elsewhere.
  case accessFile(path: String)
  /// At a fixed place.
  case endpoint(Endpoint, ClientSecurity)

  /// Changes when a coordinator says anew how to reach it; nil where that is fixed.
  var version: FileVersion? {
    switch self {
    case .accessFile(let path): FileVersion(path: path)
    case .endpoint: nil
    }
  }

  func resolve() throws(TransportError) -> (Endpoint, ClientSecurity) {
    switch self {
    case .accessFile(let path):
      let file = try AccessFile(path: path)
      return (file.endpoint, try file.security(as: .worker))
    case .endpoint(let endpoint, let security): return (endpoint, security)
    }
  }
}

extension CoordinatorAddress: CustomStringConvertible {
  /// The access file's path or the endpoint.
  public var description: String {
    switch self {
    case .accessFile(let path): path
    case .endpoint(let endpoint, _): "\(endpoint)"
    }
  }
}
