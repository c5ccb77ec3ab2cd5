import Foundation

/// Where a coordinator listens: `ipc:///path/of/socket` or `tcp://host:port`.
public struct Endpoint: Hashable, Sendable {
  /// The bytes that a socket's path may have (`sockaddr_un.sun_path` less its NUL).
  public static let longestPath = 107

  /// The two transports.
  public enum Kind: Hashable, Sendable {
    /// A socket in the file system, for one host: an absolute path.
    case ipc(path: String)
    /// A host, or `*` for all interfaces, and a port, 0 for any free one. An IPv6 address stands in brackets.
    case tcp(host: String, port: UInt16)
  }

  /// What the address says.
  public let kind: Kind

  /// A socket at the absolute path `path`.
  public static func ipc(path: String) throws(TransportError) -> Endpoint {
    guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0) else {
      throw TransportError(.endpoint, "'\(path)' is not an absolute path of a socket")
    }
    guard path.utf8.count <= longestPath else {
      throw TransportError(
        .endpoint,
        "the socket path '\(path)' has \(path.utf8.count) bytes, the system allows \(longestPath); choose a shorter one"
      )
    }
    return Endpoint(kind: .ipc(path: path))
  }

  /// A port of a host.
  public static func tcp(host: String, port: UInt16) throws(TransportError) -> Endpoint {
    let isName = host.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    let isAddress =
      host.hasPrefix("[") && host.hasSuffix("]")
      && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    guard host == "*" || (isName && !host.isEmpty && host.utf8.count <= 255) || (isAddress && host.count > 3) else {
      throw TransportError(.endpoint, "'\(host)' is not the name or address of a host")
    }
    return Endpoint(kind: .tcp(host: host, port: port))
  }

  /// Parses `ipc://PATH` or `tcp://HOST:PORT`.
  public init(_ text: String) throws(TransportError) {
    if text.hasPrefix("ipc://") {
      self = try .ipc(path: String(text.dropFirst(6)))
    } else if text.hasPrefix("tcp://"), let colon = text.lastIndex(of: ":"),
      text.distance(from: text.startIndex, to: colon) > 5,
      let port = UInt16(text[text.index(after: colon)...])
    {
      self = try .tcp(host: String(text.dropFirst(6).prefix(upTo: colon)), port: port)
    } else {
      throw TransportError(.endpoint, "'\(text)' is not an address such as tcp://host:5555 or ipc:///path/of/socket")
    }
  }

  private init(kind: Kind) { self.kind = kind }

  /// Whether workers on other hosts can reach it.
  public var isNetwork: Bool {
    switch kind {
    case .ipc: false
    case .tcp: true
    }
  }

  /// The same port at another host: what workers are told where the coordinator listens at all interfaces (`*`).
  /// An `ipc` endpoint stays as it is.
  public func at(host: String) throws(TransportError) -> Endpoint {
    switch kind {
    case .ipc: self
    case .tcp(_, let port): try .tcp(host: host, port: port)
    }
  }
}

extension Endpoint: CustomStringConvertible {
  /// `ipc:///path/of/socket` or `tcp://host:port`.
  public var description: String {
    switch kind {
    case .ipc(let path): "ipc://\(path)"
    case .tcp(let host, let port): "tcp://\(host):\(port)"
    }
  }
}

extension Endpoint: Codable {
  /// Reads an address.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the address.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
