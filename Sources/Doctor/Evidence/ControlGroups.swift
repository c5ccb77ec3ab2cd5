import Foundation

/// The control groups that this process is in, of both versions, and what they bound.
struct ControlGroups: Sendable {
  /// The text of a file; nil where there is none.
  let read: @Sendable (_ path: String) -> String?

  /// Of this process.
  static let here = ControlGroups { try? String(contentsOfFile: $0, encoding: .utf8) }

  /// What stands in a file of the second version or in its like of the first, for the process's own group and each above it.
  ///
  /// In a container the path is often the host's, and only the topmost file is there.
  func values(
    _ name: String, orFirst first: (controller: String, name: String)
  ) -> [(path: String, value: String)] {
    (read("/proc/self/cgroup") ?? "").split(separator: "\n").flatMap { line -> [(path: String, value: String)] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      let isSecond = parts[0] == "0" && parts[1].isEmpty
      guard isSecond || parts[1].split(separator: ",").contains(Substring(first.controller)) else { return [] }
      let top = isSecond ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(first.controller)"
      let groups = parts[2].split(separator: "/").prefix(64)
      let depth = groups.contains("..") ? 0 : groups.count
      return (0...depth).compactMap { depth in
        let folders = [top] + groups.prefix(depth).map(String.init)
        let path = (folders + [isSecond ? name : first.name]).joined(separator: "/")
        return read(path).map { (path, $0.trimmingCharacters(in: .whitespacesAndNewlines)) }
      }
    }
  }
}
