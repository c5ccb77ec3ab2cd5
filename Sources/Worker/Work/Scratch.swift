import Foundation

/// Where a worker keeps things on its host's disk, shared with the other workers of the same user there.
public struct Scratch: Hashable, Sendable {
  let directory: String
  let spoolBytes: Int

  /// `directory` is made where it is missing; `spoolBytes` bounds the outcomes that wait there for a coordinator, per worker.
  public init(directory: String, spoolBytes: Int) {
    self.directory = directory
    self.spoolBytes = spoolBytes
  }

  var spool: String { "\(directory)/spool" }
  var artifacts: String { "\(directory)/artifacts" }

  /// For all workers of this user: in the system's folder for temporary files.
  public static var standard: String {
    FileManager.default.temporaryDirectory.appendingPathComponent("rebound-scratch-\(geteuid())").path
  }
}
