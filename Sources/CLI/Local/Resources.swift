import Doctor
import Foundation

/// What this machine offers, and how it is shared out by default.
enum Resources {
  /// Processors this process may use.
  static var cores: Int { Processors.count }

  /// Threads of each of `workers` workers, so that workers × threads does not exceed the cores.
  static func threads(workers: Int) -> Int { max(1, cores / max(1, workers)) }

  /// Bytes for each worker's activations: what this process may use less a quarter, shared.
  static func memory(workers: Int) -> Int { Int(clamping: MemoryLimit.here().bytes / 4 * 3) / max(1, workers) }

  /// Time until Slurm ends this job; nil outside of one.
  static var batchWalltime: Duration? {
    let text = ProcessInfo.processInfo.environment["SLURM_JOB_END_TIME"]
    guard let end = text.flatMap({ UInt32($0) }).map({ Double($0) }) else { return nil }
    return .seconds(max(1, end - Date().timeIntervalSince1970))
  }
}

/// A time as batch systems write it: `3600` (seconds), `90:00`, `12:00:00`, `1-12:00:00`.
func parseWalltime(_ text: String) -> Duration? {
  let days = text.split(separator: "-", omittingEmptySubsequences: false)
  guard days.count <= 2, let clock = days.last else { return nil }
  let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
  guard parts.count <= 3, days.count == 1 || parts.count == 3, let first = days.count == 2 ? Int(days[0]) : 0 else {
    return nil
  }
  var seconds = 0
  for part in parts {
    guard let part, part >= 0, part < 1_000_000 else { return nil }
    seconds = seconds * 60 + part
  }
  guard first >= 0, first < 10_000, seconds + first > 0 else { return nil }
  return .seconds(first * 86_400 + seconds)
}

/// A number of bytes as people write it: `2000000000`, `512M`, `8G`. A lone `4` would not be meant as four bytes.
func parseBytes(_ text: String) -> Int? {
  let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
  guard let last = text.uppercased().last else { return nil }
  guard let unit = units[last] else { return Int(text).flatMap { $0 >= 1 << 20 ? $0 : nil } }
  guard let number = Double(text.dropLast()), number > 0 else { return nil }
  return Int(exactly: (number * Double(unit)).rounded())
}
