import Foundation

extension Process {
  /// This program again, with other arguments; not started.
  static func ourselves(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    return process
  }
}
