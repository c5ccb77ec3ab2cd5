import Foundation

/// The processors that this process may use.
public enum Processors {
  /// How many there are: those it is bound to, or fewer where a control group gives it less of their time.
  public static var count: Int { count(machine: ProcessInfo.processInfo.activeProcessorCount, .here) }

  static func count(machine: Int, _ groups: ControlGroups) -> Int {
    shares(groups).reduce(max(1, min(machine, bound(groups) ?? machine))) { min($0, max(1, Int($1.rounded(.up)))) }
  }

  /// As many as batch systems, containers or `taskset` bind the process to; nil where the kernel does not say.
  private static func bound(_ groups: ControlGroups) -> Int? {
    let key = "Cpus_allowed_list:"
    let line = (groups.read("/proc/self/status") ?? "").split(separator: "\n").first { $0.hasPrefix(key) }
    let counts = line?.dropFirst(key.count).split(separator: ",").map { range -> Int in
      let ends = range.split(separator: "-").map { UInt16($0.trimmingCharacters(in: .whitespaces)) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else { return 0 }
      return Int(last - first) + 1
    }
    return counts.map { $0.reduce(0, +) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Quota over period of each group that has one.
  private static func shares(_ groups: ControlGroups) -> [Double] {
    groups.values("cpu.max", orFirst: ("cpu", "cpu.cfs_quota_us")).compactMap { path, value in
      var words = value.split(separator: " ").map(String.init)
      if words.count == 1, let period = groups.read(path.replacing("quota", with: "period")) {
        words.append(period.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      guard words.count == 2, let quota = UInt32(words[0]), let period = UInt32(words[1]), quota > 0, period > 0 else {
        return nil
      }
      return Double(quota) / Double(period)
    }
  }
}
