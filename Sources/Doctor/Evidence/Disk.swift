import Catalog
import Foundation

/// The disk that a directory lies on, or would lie on.
public struct Disk: Sendable {
  /// The directory, which need not exist.
  public var directory: String
  /// It, or the nearest directory above it that exists.
  public var existing: String
  /// Bytes that may be written there.
  public var free: UInt64
  /// Whether files may be made there.
  public var isWritable: Bool

  /// The disk for `directory`, which is not made.
  public init(for directory: String) {
    let path = URL(fileURLWithPath: directory).standardizedFileURL.path
    var existing = path
    while existing != "/", !FileManager.default.fileExists(atPath: existing) {
      existing = existing.parentPath
    }
    var info = statvfs()
    let isKnown = statvfs(existing, &info) == 0
    self.directory = path
    self.existing = existing
    free = isKnown ? UInt64(info.f_bavail) * UInt64(info.f_frsize) : 0
    isWritable = access(existing, W_OK | X_OK) == 0
  }
}
