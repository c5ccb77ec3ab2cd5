import Catalog
import Foundation

/// One segment file, open. Closed with the value.
final class SegmentFile: Sendable {
  let number: UInt32
  let path: String
  private let descriptor: Int32

  private init(number: UInt32, path: String, descriptor: Int32) {
    self.number = number
    self.path = path
    self.descriptor = descriptor
  }

  deinit { Foundation.close(descriptor) }

  /// Opens an existing segment for reading; throws if it is none.
  static func read(_ number: UInt32, at path: String) throws(StoreError) -> SegmentFile {
    let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("opened", path, errno) }
    let file = SegmentFile(number: number, path: path, descriptor: descriptor)
    let magic = try file.bytes(at: 0, count: SegmentRecord.magic.count)
    guard magic == SegmentRecord.magic else { throw StoreError(.damaged, "\(path) is not a segment file of a run") }
    return file
  }

  /// Makes a new segment, and its name durable; nil if there is one of that number.
  static func create(_ number: UInt32, at path: String) throws(StoreError) -> SegmentFile? {
    let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if descriptor < 0, errno == EEXIST { return nil }
    guard descriptor >= 0 else { throw .system("created", path, errno) }
    let file = SegmentFile(number: number, path: path, descriptor: descriptor)
    do throws(StoreError) { try file.write(SegmentRecord.magic, at: 0) } catch {
      unlink(path)
      throw error
    }
    let folder = Foundation.open(path.parentPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw .system("synced", path, errno) }
    defer { Foundation.close(folder) }
    guard fsync(folder) == 0 else { throw .system("synced", path, errno) }
    return file
  }

  /// How many bytes it has.
  func size() throws(StoreError) -> UInt64 {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("read", path, errno) }
    return UInt64(max(0, status.st_size))
  }

  /// Writes all of `data` at `offset`.
  func write(_ data: Data, at offset: UInt64) throws(StoreError) {
    var done = 0
    while done < data.count {
      let written = data.withUnsafeBytes { bytes in
        pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset) + off_t(done))
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw .system("written", path, written == 0 ? ENOSPC : errno) }
      done += written
    }
  }

  /// Up to `count` bytes from `offset`: fewer at the file's end.
  func bytes(at offset: UInt64, count: Int) throws(StoreError) -> Data {
    var data = Data(count: count)
    var done = 0
    while done < count {
      let got = data.withUnsafeMutableBytes { bytes in
        pread(descriptor, bytes.baseAddress.map { $0 + done }, count - done, off_t(offset) + off_t(done))
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw .system("read", path, errno) }
      if got == 0 { break }
      done += got
    }
    return done == count ? data : data.prefix(done)
  }

  /// Makes what was written durable.
  func sync() throws(StoreError) {
    guard fdatasync(descriptor) == 0 else { throw .system("written", path, errno) }
  }

  /// Cuts the file.
  func truncate(to size: UInt64) throws(StoreError) {
    guard ftruncate(descriptor, off_t(size)) == 0, fsync(descriptor) == 0 else { throw .system("cut", path, errno) }
  }
}
