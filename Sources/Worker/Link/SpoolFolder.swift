import Catalog
import Foundation
import Protocol
import Synchronization

/// The frames of one worker.
final class SpoolFolder: Sendable {
  let path: String
  private let state = Mutex<State>(State())

  private struct State {
    /// Holds the lock; nil while there is no folder.
    var lock: Int32?
    var frames = 0
    var last = 0
  }

  init(path: String) { self.path = path }

  /// A new one for this process.
  convenience init(in directory: String, of run: Digest) {
    self.init(path: "\(directory)/\(run.short)-\(getpid())-\(UInt32.random(in: 0 ... .max))")
  }

  /// Whether it holds outcomes of `run`.
  func isOf(_ run: Digest) -> Bool { path.lastPathName.hasPrefix("\(run.short)-") }

  /// Seconds since a frame came or went.
  var age: TimeInterval {
    let date = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    return date.map { -$0.timeIntervalSinceNow } ?? 0
  }

  /// Removes the folder with all that is in it, if no worker has it.
  func removeIfLeft() {
    guard let lock = Self.lock("\(path)/lock") else { return }
    try? FileManager.default.removeItem(atPath: path)
    close(lock)
  }

  /// A folder without frames goes; one with frames is left for another worker.
  deinit {
    state.withLock { state in
      guard let lock = state.lock else { return }
      if state.frames == 0 {
        unlink("\(path)/lock")
        rmdir(path)
      }
      close(lock)
    }
  }

  func keep(_ frame: Data, in spool: Spool) -> SpooledFrame? {
    state.withLock { state in
      if state.lock == nil {
        guard mkdir(path, 0o700) == 0 else { return nil }
        state.lock = Self.lock("\(path)/lock")
      }
      guard state.lock != nil else { return nil }
      state.last += 1
      let file = "\(path)/\(state.last).frame"
      guard Self.write(frame, to: file) else { return nil }
      state.frames += 1
      return SpooledFrame(path: file, bytes: frame.count, folder: self, spool: spool)
    }
  }

  /// Takes the folder over if its worker is dead.
  func inherited(by spool: Spool) -> [(frame: SpooledFrame, trials: [TrialID])] {
    guard let lock = Self.lock("\(path)/lock") else { return [] }
    state.withLock { $0.lock = lock }
    let files = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(".frame") }
    return files.sorted().compactMap { name in
      let file = "\(path)/\(name)"
      guard let data = SpooledFrame.read(file), case .outcomes(let outcomes)? = try? ToCoordinator(frame: data) else {
        // Half-written when its worker died.
        unlink(file)
        return nil
      }
      state.withLock { $0.frames += 1 }
      spool.take(data.count)
      return (SpooledFrame(path: file, bytes: data.count, folder: self, spool: spool), outcomes.map(\.trial))
    }
  }

  func forget() { state.withLock { $0.frames -= 1 } }

  private static func lock(_ path: String) -> Int32? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  private static func write(_ frame: Data, to path: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var done = 0
    while done < frame.count {
      let count = frame.withUnsafeBytes { bytes in
        Foundation.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        unlink(path)
        return false
      }
      done += count
    }
    return true
  }
}

/// A frame on disk.
final class SpooledFrame: Sendable {
  private let path: String
  let bytes: Int
  private let folder: SpoolFolder
  private let spool: Spool

  init(path: String, bytes: Int, folder: SpoolFolder, spool: Spool) {
    self.path = path
    self.bytes = bytes
    self.folder = folder
    self.spool = spool
  }

  /// The frame; nil where it can't be read.
  func read() -> Data? { Self.read(path) }

  /// All its outcomes are acknowledged.
  func remove() {
    unlink(path)
    folder.forget()
    spool.release(bytes)
  }

  fileprivate static func read(_ path: String) -> Data? {
    guard let data = FileManager.default.contents(atPath: path), data.count <= WireLimits.frame else { return nil }
    return data
  }
}
