import Foundation
import Protocol

/// Who owns a run: written beside its state for people, and for coordinators on hosts that don't share the lock.
public struct RunOwner: Hashable, Sendable, Codable {
  /// The name of the host.
  public let host: String
  /// Changes whenever the host is started.
  public let bootID: String
  /// The process on that host.
  public let pid: Int32
  /// Its epoch.
  public let epoch: Epoch
  /// When it took the run over, in seconds since 1970.
  public let since: Double

  /// This process.
  public init(epoch: Epoch) {
    host = ProcessInfo.processInfo.hostName
    bootID = Self.currentBootID
    pid = ProcessInfo.processInfo.processIdentifier
    self.epoch = epoch
    since = Date().timeIntervalSince1970
  }

  /// Reads an owner's file; nil if there is none that can be read.
  public init?(path: String) {
    guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 16,
      let owner = try? JSONDecoder().decode(RunOwner.self, from: data)
    else { return nil }
    self = owner
  }

  /// Whether the owner's process is, or was, one of this host.
  var isOnThisHost: Bool { host == ProcessInfo.processInfo.hostName && bootID == Self.currentBootID }

  private static var currentBootID: String {
    let text = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id")
    return text.map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) } ?? "unknown"
  }

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(self)
  }
}
