import Foundation

/// Writes a file so that a crash or a full disk leaves the old one or the new one, never half of it.
public enum AtomicFile {
  /// Writes under a temporary name beside `path`, syncs, renames over `path` and syncs the folder.
  public static func write(_ data: some ContiguousBytes, to path: String, permissions: mode_t = 0o644) throws {
    let file = try StagedFile(at: path, permissions: permissions)
    try file.append(data)
    try file.commit()
  }
}

/// Why a file could not be written.
public struct AtomicFileError: Error, CustomStringConvertible {
  /// The file that was to be written.
  public let path: String
  /// The `errno` value, such as `ENOSPC`.
  public let code: Int32

  /// One sentence for people.
  public var description: String { "\(path) cannot be written: \(String(cString: strerror(code)))" }
}
