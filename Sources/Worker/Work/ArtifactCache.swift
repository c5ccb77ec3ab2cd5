import Catalog
import Foundation
import Protocol

/// Artifacts on this host's disk, shared by its workers: one of them fetches, the others wait and read. What is read is checked
/// against its digest.
struct ArtifactCache {
  private let directory: String

  /// What nobody has used for so long goes.
  private static let lifetime: TimeInterval = 7 * 86_400

  /// A cache in `directory`, which is made. Throws where it is not ours alone.
  init(in directory: String) throws {
    try PrivateDirectory.make(directory)
    self.directory = directory
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
      let path = "\(directory)/\(name)"
      let used = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
      if let used, used.timeIntervalSinceNow < -Self.lifetime { unlink(path) }
    }
  }

  /// The artifact, from here or else from `fetch`, which only one process of this host calls at a time.
  func artifact(_ digest: Digest, fetch: () throws -> Data) throws -> Data {
    let path = "\(directory)/\(digest)"
    if let data = read(path, digest) { return data }
    let lock = open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else { return try fetch() }
    defer { close(lock) }
    let deadline = ContinuousClock.now + .seconds(60)
    while flock(lock, LOCK_EX | LOCK_NB) != 0, ContinuousClock.now < deadline { usleep(20_000) }
    if let data = read(path, digest) { return data }
    let data = try fetch()
    // A full disk costs only the sharing.
    try? AtomicFile.write(data, to: path, permissions: 0o600)
    return data
  }

  private func read(_ path: String, _ digest: Digest) -> Data? {
    guard let data = FileManager.default.contents(atPath: path), Digest(of: data) == digest else { return nil }
    utimensat(AT_FDCWD, path, nil, 0)
    return data
  }
}
