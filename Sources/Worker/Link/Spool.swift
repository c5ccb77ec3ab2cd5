import Catalog
import Foundation
import Protocol
import Synchronization

/// Outcomes that no coordinator has acknowledged, on this host's disk: what was computed while the coordinator was away takes
/// no memory, and outlives the worker. The next worker of the same run on this host sends what a dead one has left.
///
/// Every worker has a folder of its own, locked while it lives, and closed to other users. A file is a frame as it goes over the
/// wire, with the frame's checksum.
public final class Spool: Sendable {
  /// More than this many bytes are not kept.
  let limit: Int
  private let run: Digest
  private let directory: String
  private let own: SpoolFolder
  private let bytes = Mutex(0)

  /// The spool of `run` in `directory`, which is made. Throws where it is not ours alone.
  public init(in directory: String, of run: Digest, limit: Int) throws {
    try PrivateDirectory.make(directory)
    self.directory = directory
    self.run = run
    self.limit = limit
    own = SpoolFolder(in: directory, of: run)
  }

  /// Keeps a frame; nil where there is no room for it, here or on the disk.
  func keep(_ frame: Data) -> SpooledFrame? {
    let isRoom = bytes.withLock { used in
      guard used + frame.count <= limit else { return false }
      used += frame.count
      return true
    }
    guard isRoom else { return nil }
    guard let spooled = own.keep(frame, in: self) else {
      release(frame.count)
      return nil
    }
    return spooled
  }

  /// Bytes that it holds.
  var used: Int { bytes.withLock { $0 } }

  /// Room is taken for a frame that is there already.
  func take(_ bytes: Int) { self.bytes.withLock { $0 += bytes } }

  func release(_ bytes: Int) { self.bytes.withLock { $0 -= bytes } }

  /// What a coordinator has not come back for in so long goes.
  private static let lifetime: TimeInterval = 30 * 86_400

  /// What workers of this run that have died here left behind, with the trials of each frame. It is ours from now on. What has
  /// long been left by any run's goes.
  func leftovers() -> [(frame: SpooledFrame, trials: [TrialID])] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let others = names.sorted().map { SpoolFolder(path: "\(directory)/\($0)") }.filter { $0.path != own.path }
    for folder in others where folder.age > Self.lifetime { folder.removeIfLeft() }
    return others.filter { $0.isOf(run) }.flatMap { $0.inherited(by: self) }
  }
}
