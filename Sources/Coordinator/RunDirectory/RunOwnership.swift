import Catalog
import Foundation
import Protocol
import Synchronization

/// The right to coordinate a run, held while the value lives.
///
/// On one host it is an exclusive lock on a file, which the system gives up when the process dies, however it dies. Hosts that
/// share a directory need not see each other's locks, so the owner's file is touched every second as well: who finds the file
/// of another host watches for a while whether that goes on.
final class RunOwnership: Sendable {
  private let layout: RunLayout
  private let descriptor: Int32
  private let announced = Mutex<Announcement?>(nil)

  /// Our own words, and the thread that repeats them.
  private struct Announcement {
    let owner: RunOwner
    let beat: OwnerBeat
  }

  /// How long another host's owner is watched: several of its beats, and what a network file system may hold back.
  static let patience = Duration.seconds(8)

  /// Takes the lock, and watches an owner on another host for `patience`; throws with the owner's name if somebody has the run.
  init(
    _ layout: RunLayout, patience: Duration = patience, watching: (RunOwner) -> Void = { _ in }
  ) throws(RunDirectoryError) {
    let descriptor = open(layout.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw RunDirectoryError(.system, "\(layout.lock) can't be opened: \(String(cString: strerror(errno)))")
    }
    self.layout = layout
    self.descriptor = descriptor
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let failure = errno
      guard failure == EWOULDBLOCK else {
        throw RunDirectoryError(.system, "\(layout.lock) can't be locked: \(String(cString: strerror(failure)))")
      }
      throw Self.inUse(layout)
    }
    if let owner = RunOwner(path: layout.owner), !owner.isOnThisHost {
      watching(owner)
      if OwnerBeat.isHeard(at: layout.owner, within: patience) { throw Self.inUse(layout) }
    }
  }

  deinit { close(descriptor) }

  private static func inUse(_ layout: RunLayout) -> RunDirectoryError {
    let owner = RunOwner(path: layout.owner).map { " on \($0.host) (process \($0.pid), epoch \($0.epoch.number))" }
    return RunDirectoryError(
      .inUse,
      "\(layout.root) is being coordinated\(owner ?? "") already; watch it with 'rebound status \(layout.root)', or stop"
        + " that coordinator first")
  }

  /// Says who owns the run now, again and again; where the former owner listened is void.
  func announce(_ owner: RunOwner) throws {
    unlink(layout.access)
    try AtomicFile.write(owner.json(), to: layout.owner)
    let beat = OwnerBeat(layout.owner)
    announced.withLock { $0 = Announcement(owner: owner, beat: beat) }
  }

  /// Whether another coordinator has announced itself since: possible where hosts don't see each other's locks.
  var isLost: Bool {
    guard let own = announced.withLock({ $0?.owner }), let owner = RunOwner(path: layout.owner) else { return false }
    return owner != own && owner.epoch >= own.epoch
  }

  /// Says that nobody owns the run or can be reached, unless that is another one's to say, and gives the lock up.
  func withdraw() {
    if !isLost {
      unlink(layout.owner)
      unlink(layout.access)
    }
    announced.withLock { $0 = nil }
    flock(descriptor, LOCK_UN)
  }
}
