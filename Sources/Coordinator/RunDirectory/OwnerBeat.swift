import Foundation
import Protocol
import Synchronization

/// Touches the owner's file every second while the value lives, from a thread of its own: however long a commit takes, the
/// coordinator is alive.
final class OwnerBeat: Sendable {
  private let isEnding = Atomic<Bool>(false)

  /// Touches the file that is at `path` now; what another owner puts in its place is left alone.
  init(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    _ = DedicatedThread(name: "owner") { [weak self] in
      defer { close(descriptor) }
      while self?.isEnding.load(ordering: .relaxed) == false {
        futimens(descriptor, nil)
        sleep(1)
      }
    }
  }

  deinit { isEnding.store(true, ordering: .relaxed) }

  /// Whether the file at `path` is touched, or replaced, within `patience`.
  static func isHeard(at path: String, within patience: Duration) -> Bool {
    let before = stamp(of: path)
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
      usleep(200_000)
      if stamp(of: path) != before { return stamp(of: path) != nil }
    }
    return false
  }

  /// Opened, because that is when a network file system asks its server.
  private static func stamp(of path: String) -> [Int]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    return [Int(status.st_ino), status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
  }
}
