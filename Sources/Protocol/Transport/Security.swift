/// How a listening socket is closed to strangers.
public enum ServerSecurity: Sendable {
  /// `ipc` only: the socket lies in a directory of ours that nobody else may enter, which is checked.
  case fileSystem
  /// `tcp` only: CURVE with these keys of the coordinator, open to the keys that the authenticator allows.
  case curve(CurveKeyPair, Authenticator)
  /// Open to everybody who can reach it.
  case insecure
}

/// How a connecting socket proves itself, and knows the other side.
public enum ClientSecurity: Hashable, Sendable {
  /// `ipc` only: the socket lies in a directory of ours that nobody else may enter, which is checked.
  case fileSystem
  /// `tcp` only: CURVE with the coordinator's public key and our own pair.
  case curve(server: CurveKey, own: CurveKeyPair)
  /// Neither.
  case insecure
}

/// What a peer may do. Every role has keys of its own.
public enum PeerRole: String, Hashable, Sendable, Codable, CaseIterable {
  /// Work.
  case worker
  /// Ask for the status.
  case status
  /// Ask for the status, pause, resume and end the run.
  case control
  /// Everything: for who reaches an endpoint that asks for no keys.
  case owner

  /// What it is for, for people.
  var purpose: String {
    switch self {
    case .worker: "workers"
    case .status: "reading the status"
    case .control, .owner: "steering the run"
    }
  }

  /// Whether such a peer may say `message`.
  public func permits(_ message: ToCoordinator) -> Bool {
    switch (self, message) {
    case (_, .statusRequest), (.owner, _), (.control, .control): true
    case (.worker, .control): false
    case (.worker, _): true
    default: false
    }
  }
}

extension Endpoint {
  /// Throws unless `security` closes this endpoint, or openness was asked for.
  func check(_ security: ServerSecurity) throws(TransportError) {
    switch (kind, security) {
    case (_, .insecure), (.tcp, .curve): return
    case (.ipc(let path), .fileSystem): try checkDirectory(of: path)
    case (.ipc, .curve): throw TransportError(.endpoint, "\(self) is guarded by its directory and takes no keys")
    case (.tcp, .fileSystem): throw openNetwork
    }
  }

  /// Throws unless `security` closes this endpoint, or openness was asked for.
  func check(_ security: ClientSecurity) throws(TransportError) {
    switch (kind, security) {
    case (_, .insecure), (.tcp, .curve): return
    case (.ipc(let path), .fileSystem): try checkDirectory(of: path)
    case (.ipc, .curve): throw TransportError(.endpoint, "\(self) is guarded by its directory and takes no keys")
    case (.tcp, .fileSystem): throw openNetwork
    }
  }

  private func checkDirectory(of path: String) throws(TransportError) {
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    try PrivateDirectory.check(directory.isEmpty ? "/" : directory)
  }

  private var openNetwork: TransportError {
    TransportError(.insecure, "\(self) is reachable over the network and needs keys; use a run's access file")
  }
}
