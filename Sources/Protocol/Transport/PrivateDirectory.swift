import Foundation

/// A new directory with a short path that only its owner may enter, for `ipc` sockets: run directories are often too
/// long for the path of a socket, or lie on a file system that has none. Removed with the value.
public final class PrivateDirectory: Sendable {
  /// Its absolute path.
  public let path: String

  /// Makes one in `$XDG_RUNTIME_DIR` where that is short enough, else in `/tmp`.
  public init() throws(TransportError) {
    let runtime = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"]
    let parents = [runtime, "/tmp"].compactMap { $0 }.filter { $0.hasPrefix("/") && $0.utf8.count <= 60 }
    var failure: Int32 = ENOENT
    for parent in parents {
      var template = Array("\(parent)/rebound-XXXXXX".utf8CString)
      if mkdtemp(&template) != nil {  // made with mode 0700
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return
      }
      failure = errno
    }
    throw TransportError(
      .system(failure),
      "cannot make a directory for the socket in \(parents.joined(separator: " or ")): "
        + String(cString: strerror(failure)))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A socket in it.
  public func endpoint(named name: String = "coordinator") throws(TransportError) -> Endpoint {
    try .ipc(path: "\(path)/\(name)")
  }

  /// Makes `directory` with all its parents, closed to everybody else; throws where it is there and is not.
  public static func make(_ directory: String) throws(TransportError) {
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw TransportError(
        .system(errno), "cannot make the directory \(directory): \(String(cString: strerror(errno)))")
    }
    try check(directory)
  }

  /// Throws unless `directory` is a directory of ours that nobody else may enter.
  static func check(_ directory: String) throws(TransportError) {
    var status = stat()
    guard lstat(directory, &status) == 0 else {
      throw TransportError(
        .system(errno), "cannot read the directory \(directory): \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw TransportError(.insecure, "\(directory) is not a directory")
    }
    guard status.st_uid == geteuid() else {
      throw TransportError(.insecure, "\(directory) belongs to another user, so a socket in it can't be trusted")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw TransportError(
        .insecure, "\(directory) is open to other users, so a socket in it isn't private; run chmod 700 \(directory)")
    }
  }
}
