import Foundation

/// How much memory this process may use: what the machine has, or less where a batch system or a container sets a bound.
public struct MemoryLimit: Hashable, Sendable {
  /// Bytes.
  public let bytes: UInt64
  /// What sets the bound: a control group's file, or a variable of Slurm; nil where the machine is all that does.
  public let source: String?

  /// Of the machine, whatever bounds it.
  public init(machine bytes: UInt64) { self.init(bytes, nil) }

  private init(_ bytes: UInt64, _ source: String?) {
    self.bytes = bytes
    self.source = source
  }

  /// That of this process.
  public static func here() -> MemoryLimit {
    of(machine: ProcessInfo.processInfo.physicalMemory, environment: ProcessInfo.processInfo.environment) {
      try? String(contentsOfFile: $0, encoding: .utf8)
    }
  }

  /// The smallest of the machine's memory, the limits of the control groups that the process is in (both versions, with all
  /// groups above), and what Slurm says that it gave. `read` returns a file's text, nil where there is none.
  static func of(
    machine: UInt64, environment: [String: String], read: (_ path: String) -> String?
  ) -> MemoryLimit {
    let groups = controlFiles(read("/proc/self/cgroup") ?? "").compactMap { path in
      read(path).flatMap { UInt64($0.trimmingCharacters(in: .whitespacesAndNewlines)) }.map { MemoryLimit($0, path) }
    }
    let limits = (groups + slurm(environment)).filter { $0.bytes > 0 && $0.bytes < machine }
    return limits.min { $0.bytes < $1.bytes } ?? MemoryLimit(machine: machine)
  }

  /// Where limits would stand: of the process's group, and of each above it. In a container the path is often the host's, and only
  /// the topmost file is there.
  private static func controlFiles(_ groups: String) -> [String] {
    groups.split(separator: "\n").flatMap { line -> [String] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      let top: String
      let file: String
      if parts[0] == "0", parts[1].isEmpty {
        (top, file) = ("/sys/fs/cgroup", "memory.max")
      } else if parts[1].split(separator: ",").contains("memory") {
        (top, file) = ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
      } else {
        return []
      }
      let names = parts[2].split(separator: "/").prefix(64)
      guard !names.contains("..") else { return ["\(top)/\(file)"] }
      return (0...names.count).map { depth in
        ([top] + names.prefix(depth).map(String.init) + [file]).joined(separator: "/")
      }
    }
  }

  /// In megabytes, for the node or for each of its processors.
  private static func slurm(_ environment: [String: String]) -> [MemoryLimit] {
    func number(_ name: String) -> UInt64? {
      environment[name].flatMap { UInt64($0) }.flatMap { $0 < 1 << 40 ? $0 : nil }
    }
    if let node = number("SLURM_MEM_PER_NODE") { return [MemoryLimit(node << 20, "SLURM_MEM_PER_NODE")] }
    guard let each = number("SLURM_MEM_PER_CPU"), let count = number("SLURM_CPUS_ON_NODE"), count < 1 << 20,
      each < 1 << 23
    else { return [] }
    return [MemoryLimit(each * count << 20, "SLURM_MEM_PER_CPU")]
  }
}
