import Foundation

/// A file that is written piece by piece under a temporary name, and appears in its place once it is whole.
///
/// Without ``commit()`` the pieces go with the value, and what stood in the place before stays.
public final class StagedFile {
  /// Where the file will be.
  public let path: String
  /// Where the last byte written ends.
  public private(set) var length: UInt64 = 0
  private let temporary: String
  /// -1 once closed.
  private var descriptor: Int32

  /// Begins the file that is to be at `path`, beside that place. Throws ``AtomicFileError`` where that is refused.
  public init(at path: String, permissions: mode_t = 0o644) throws {
    self.path = path
    temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
    guard descriptor >= 0 else { throw AtomicFileError(path: path, code: errno) }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporary)
  }

  /// Adds bytes behind all that were written.
  public func append(_ data: some ContiguousBytes) throws { try write(data, at: length) }

  /// Writes bytes anywhere; what is skipped reads as zeros.
  public func write(_ data: some ContiguousBytes, at offset: UInt64) throws {
    try data.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
        let written = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
        if written >= 0 {
          done += written
        } else if errno != EINTR {
          throw AtomicFileError(path: path, code: errno)
        }
      }
      length = max(length, offset + UInt64(bytes.count))
    }
  }

  /// Syncs the file, puts it in its place, whatever is there, and syncs the folder. Nothing can be written afterwards.
  public func commit() throws {
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      throw AtomicFileError(path: path, code: errno)
    }
    close(descriptor)
    descriptor = -1
    let parent = path.parentPath
    let folder = open(parent.isEmpty ? "." : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }
}
