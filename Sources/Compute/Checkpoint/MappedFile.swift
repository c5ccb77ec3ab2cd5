import Catalog
import Foundation

/// A file mapped for reading, for as long as this object lives.
///
/// `@unchecked Sendable`: the mapping is read-only and never changes until `deinit`.
final class MappedFile: @unchecked Sendable {
  let path: String
  let start: UnsafeRawPointer
  let size: Int

  /// Maps the whole file; throws a ``CheckpointError`` that names it.
  init(path: String) throws {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CheckpointError("\(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG, let size = Int(exactly: info.st_size),
      size > 0
    else { throw CheckpointError("\(path) is empty or not a regular file") }
    guard let start = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED else {
      throw CheckpointError("\(path) cannot be mapped: \(String(cString: strerror(errno)))")
    }
    self.start = UnsafeRawPointer(start)
    self.size = size
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: start), size) }
}

/// Why a checkpoint, or another file of tensors, cannot be used: one sentence that names the file, key or tensor.
public struct CheckpointError: Error, Equatable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
