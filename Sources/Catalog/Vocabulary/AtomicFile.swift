import Foundation

/// Writes a file so that a crash or a full disk leaves the old one or the new one, never half of it.
public enum AtomicFile {
  /// Writes under a temporary name beside `path`, syncs, renames over `path` and syncs the folder.
  public static func write(_ data: some ContiguousBytes, to path: String, permissions: mode_t = 0o644) throws {
    let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
    guard descriptor >= 0 else { throw AtomicFileError(path: path, code: errno) }
    var failure: Int32 = 0
    data.withUnsafeBytes { bytes in
      var rest = bytes
      while failure == 0, !rest.isEmpty {
        let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if written < 0 {
          if errno != EINTR { failure = errno }
        } else {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        }
      }
    }
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    close(descriptor)
    if failure == 0, rename(temporary, path) != 0 { failure = errno }
    guard failure == 0 else {
      unlink(temporary)
      throw AtomicFileError(path: path, code: failure)
    }
    let folder = open(
      (path as NSString).deletingLastPathComponent.isEmpty ? "." : (path as NSString).deletingLastPathComponent,
      O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
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
