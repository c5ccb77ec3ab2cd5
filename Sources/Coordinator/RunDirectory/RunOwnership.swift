import Catalog
import Foundation
import Protocol

/// The right to coordinate a run, held while the value lives: an exclusive lock on a file, which the system gives up when
/// the process dies, however it dies.
final class RunOwnership: Sendable {
  private let layout: RunLayout
  private let descriptor: Int32

  /// Takes the lock; throws with the owner's name if somebody has it.
  init(_ layout: RunLayout) throws(RunDirectoryError) {
    let descriptor = open(layout.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw RunDirectoryError(.system, "\(layout.lock) can't be opened: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let failure = errno
      close(descriptor)
      guard failure == EWOULDBLOCK else {
        throw RunDirectoryError(.system, "\(layout.lock) can't be locked: \(String(cString: strerror(failure)))")
      }
      let owner = RunOwner(path: layout.owner).map { " on \($0.host) (process \($0.pid), epoch \($0.epoch.number))" }
      throw RunDirectoryError(
        .inUse,
        "\(layout.root) is being coordinated\(owner ?? "") already; watch it with 'rebound status \(layout.root)', or stop"
          + " that coordinator first")
    }
    self.layout = layout
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// Says who owns the run now; where the former owner listened is void.
  func announce(_ owner: RunOwner) throws {
    unlink(layout.access)
    try AtomicFile.write(owner.json(), to: layout.owner)
  }

  /// Whether another coordinator has announced a higher epoch: possible where hosts don't see each other's locks.
  func isLost(epoch: Epoch) -> Bool { RunOwner(path: layout.owner).map { $0.epoch > epoch } ?? false }

  /// Says that nobody owns the run or can be reached, and gives the lock up.
  func withdraw() {
    unlink(layout.owner)
    unlink(layout.access)
    flock(descriptor, LOCK_UN)
  }
}
