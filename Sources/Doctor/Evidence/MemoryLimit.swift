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
    of(machine: ProcessInfo.processInfo.physicalMemory, environment: ProcessInfo.processInfo.environment, .here)
  }

  /// The smallest of the machine's memory, the limits of control groups, and what Slurm says that it gave.
  static func of(machine: UInt64, environment: [String: String], _ groups: ControlGroups) -> MemoryLimit {
    let bounds = groups.values("memory.max", orFirst: ("memory", "memory.limit_in_bytes")).compactMap { path, value in
      UInt64(value).map { MemoryLimit($0, path) }
    }
    let limits = (bounds + slurm(environment)).filter { $0.bytes > 0 && $0.bytes < machine }
    return limits.min { $0.bytes < $1.bytes } ?? MemoryLimit(machine: machine)
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
