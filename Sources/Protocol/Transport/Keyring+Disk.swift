import Foundation

extension Keyring {
  private static let what = "file of keys"

  /// Reads the keyring at `path`; throws unless it is ours and closed to everybody else.
  public init(path: String) throws(TransportError) {
    self = try PrivateFile.decode(Keyring.self, from: path, as: Self.what)
  }

  /// The keyring at `path`, made where there is none.
  public static func open(_ path: String, now: Double) throws(TransportError) -> Keyring {
    if access(path, F_OK) == 0 { return try Keyring(path: path) }
    let keyring = try Keyring(now: now)
    try PrivateFile.encode(keyring, to: path, as: what)
    return keyring
  }

  /// Changes the keyring at `path`, one process after another.
  public static func change<Value>(
    _ path: String, _ body: (inout Keyring) throws -> Value
  ) throws -> Value {
    let lock = Foundation.open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
      throw TransportError(.system(errno), "cannot lock \(path).lock: \(String(cString: strerror(errno)))")
    }
    defer { close(lock) }
    var keyring = try Keyring(path: path)
    let value = try body(&keyring)
    try PrivateFile.encode(keyring, to: path, as: what)
    return value
  }
}
