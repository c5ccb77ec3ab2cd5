import Catalog
import Foundation

/// Makes directories, with the system's own reason where that fails.
enum NewDirectory {
  /// Makes the directory at `path`, and those above it that are missing; one that is there already is not an error.
  static func make(_ path: String) throws(RunDirectoryError) {
    if mkdir(path, 0o777) == 0 { return }
    var failure = errno
    let parent = path.parentPath
    if failure == ENOENT, !parent.isEmpty, parent != path {
      try make(parent)
      if mkdir(path, 0o777) == 0 { return }
      failure = errno
    }
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue { return }
    throw RunDirectoryError(
      .system,
      "the directory \(path) can't be made: \(String(cString: strerror(failure))); choose a place that can be written")
  }
}
