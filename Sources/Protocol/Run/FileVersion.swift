import Foundation

/// Tells a file from what was put in its place.
public struct FileVersion: Hashable, Sendable {
  private let inode: UInt64
  private let seconds: Int
  private let nanoseconds: Int

  /// Of the file at `path` now; nil where there is none.
  public init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    inode = UInt64(status.st_ino)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}
