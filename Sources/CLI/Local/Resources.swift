import Foundation

/// What this machine offers, and how it is shared out by default.
enum Resources {
  /// Processors this process may use.
  static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Threads of each of `workers` workers, so that workers × threads does not exceed the cores.
  static func threads(workers: Int) -> Int { max(1, cores / max(1, workers)) }

  /// Bytes of memory, in all.
  static var memory: UInt64 { ProcessInfo.processInfo.physicalMemory }

  /// Bytes for each worker's activations: what is there less a quarter, shared.
  static func memory(workers: Int) -> Int { Int(memory / 4 * 3) / max(1, workers) }
}

/// A number of bytes as people write it: `2000000000`, `512M`, `8G`.
func parseBytes(_ text: String) -> Int? {
  let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
  guard let last = text.uppercased().last else { return nil }
  guard let unit = units[last] else { return Int(text).flatMap { $0 > 0 ? $0 : nil } }
  guard let number = Double(text.dropLast()), number > 0 else { return nil }
  return Int(exactly: (number * Double(unit)).rounded())
}
