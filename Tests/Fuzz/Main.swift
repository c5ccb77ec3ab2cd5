import CFuzzer
import Foundation

/// The fuzz targets under libFuzzer, one a process: see `tools/fuzz.sh`.
///
///     Fuzz list                        the targets' names
///     Fuzz seeds TARGET DIRECTORY      writes the seed corpus of a target
///     REBOUND_FUZZ_TARGET=TARGET Fuzz [libFuzzer's options] [CORPUS…]
@main
enum Main {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, arguments.count) {
    case ("list", 1): FuzzTarget.all.forEach { print($0.name) }
    case ("seeds", 3): try FuzzTarget.named(arguments[2]).writeSeeds(to: arguments[3])
    default:
      var count = CommandLine.argc
      var values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
      exit(LLVMFuzzerRunDriver(&count, &values, readOne))
    }
  }
}

/// What the environment chose.
private let chosen = FuzzTarget.named(ProcessInfo.processInfo.environment["REBOUND_FUZZ_TARGET"] ?? "")

/// One input: a value or an error is fine, anything else ends the process. libFuzzer's own `main`, which is linked and not
/// used, looks for this name.
@_cdecl("LLVMFuzzerTestOneInput")
func readOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let data = bytes.map { Data(bytes: $0, count: count) } ?? Data()
  try? chosen.read(data)
  return 0
}
