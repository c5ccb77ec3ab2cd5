import CMapping
import Catalog
import Foundation
import Synchronization

/// A file's bytes, mapped for reading (or copied), for as long as this object lives.
///
/// `@unchecked Sendable`: the bytes are read-only and never changes until `deinit`.
final class MappedFile: @unchecked Sendable {
  let path: String
  let start: UnsafeRawPointer
  let size: Int
  private let isMapped: Bool
  /// Its number among the mappings that are watched, or -1.
  private let watch: Int32

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
    isMapped = true
    watch = rb_mapping_watch(start, size)
    MappedFiles.paths.withLock { $0[watch] = path }
  }

  /// Zeros that take memory only where they are read.
  init(zeros size: Int, name: String) throws {
    path = name
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      start != MAP_FAILED
    else { throw CheckpointError("\(name) of \(size) bytes cannot be mapped: \(String(cString: strerror(errno)))") }
    self.start = UnsafeRawPointer(start)
    self.size = size
    isMapped = true
    watch = -1
  }

  /// A copy of bytes that came another way, such as over the network; `name` stands for the path in messages.
  init(copying data: Data, name: String) {
    path = name
    let copy = UnsafeMutableRawPointer.allocate(byteCount: max(1, data.count), alignment: 64)
    data.withUnsafeBytes { bytes in
      if let from = bytes.baseAddress { copy.copyMemory(from: from, byteCount: bytes.count) }
    }
    start = UnsafeRawPointer(copy)
    size = data.count
    isMapped = false
    watch = -1
  }

  deinit {
    rb_mapping_forget(watch)
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: start), size)
    } else {
      start.deallocate()
    }
  }
}

/// The files that this process has mapped.
public enum MappedFiles {
  fileprivate static let paths = Mutex<[Int32: String]>([:])

  /// Throws where a mapped file has become unreadable: what was computed meanwhile may come from zeros in its place.
  public static func check() throws(CheckpointError) {
    let lost = rb_mapping_lost()
    guard lost >= 0 else { return }
    throw CheckpointError(
      "\(paths.withLock { $0[lost] ?? "a mapped file" }) can't be read any more: it is shorter than it was, or its disk or network"
        + " fails; put it right, then start the worker again")
  }
}

/// Why a checkpoint, or another file of tensors, cannot be used: one sentence that names the file, key or tensor.
public struct CheckpointError: Error, Equatable, CustomStringConvertible {
  /// One sentence for people.
  public let description: String
  init(_ description: String) { self.description = description }
}
