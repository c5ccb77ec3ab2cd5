import Catalog
import Foundation
import Protocol

/// The files that workers may fetch, by digest: probes.
struct ArtifactShelf {
  private var paths: [Digest: String] = [:]

  mutating func put(_ digest: Digest, at path: String) { paths[digest] = path }

  /// The piece of an artifact that begins at `offset`; nil if there is no such artifact or no such byte.
  func piece(of digest: Digest, from offset: UInt64) throws(StoreError) -> ArtifactPiece? {
    guard let path = paths[digest] else { return nil }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("read", path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("read", path, errno) }
    let size = UInt64(max(0, status.st_size))
    guard offset < size else { return nil }
    var data = Data(count: Int(min(size - offset, UInt64(ArtifactPiece.largest))))
    let count = data.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
    guard count > 0 else { throw .system("read", path, count < 0 ? errno : EIO) }
    return ArtifactPiece(digest: digest, size: size, offset: offset, data: data.prefix(count))
  }
}
