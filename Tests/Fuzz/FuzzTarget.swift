import Foundation

/// A parser of outside bytes.
struct FuzzTarget: Sendable {
  let name: String
  /// Valid inputs that mutations start from.
  let seeds: @Sendable () throws -> [Data]
  /// Reads an input. Returns or throws; what it accepts has to hold what its type promises.
  let read: @Sendable (Data) throws -> Void

  /// Every parser of bytes that come from files, the network or people.
  static let all = checkpoints + images + prompts + dataSets + specs + messages + receivePath + runFiles

  static func named(_ name: String) -> FuzzTarget {
    guard let target = all.first(where: { $0.name == name }) else {
      fatalError("'\(name)' is not a fuzz target: \(all.map(\.name).joined(separator: ", "))")
    }
    return target
  }

  func writeSeeds(to directory: String) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for (index, seed) in try seeds().enumerated() {
      try seed.write(to: URL(fileURLWithPath: "\(directory)/seed-\(index)"))
    }
  }
}

/// Ends the process unless `condition` holds: what a parser accepts has to keep its promises.
func expect(_ condition: @autoclosure () throws -> Bool, file: StaticString = #file, line: UInt = #line) {
  do { if try condition() { return } } catch { fatalError("\(error)", file: file, line: line) }
  fatalError("a promise is broken", file: file, line: line)
}

/// Files that the tests hold.
enum Fixtures {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures")

  static func path(_ name: String) -> String { root.appending(path: name).standardized.path }

  static func data(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

  /// The contents of a folder's files whose names end in one of `endings`.
  static func all(_ folder: String, endings: [String]) throws -> [Data] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
      .filter { name in endings.contains { name.hasSuffix($0) } }.map { try data("\(folder)/\($0)") }
  }

  /// The models' names.
  static func models() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path("models")).sorted()
  }
}

/// A folder of this process for parsers that read files.
struct Scratch: Sendable {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "/rebound-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Replaces a file's content and gives its path; mode 0600.
  func write(_ data: Data, as name: String) throws -> String {
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
    defer { close(descriptor) }
    guard data.withUnsafeBytes({ Foundation.write(descriptor, $0.baseAddress, $0.count) }) == data.count else {
      throw CocoaError(.fileWriteUnknown)
    }
    return file
  }

  /// Puts a copy of a fixture here.
  func copy(_ fixture: String, as name: String) throws { _ = try write(Fixtures.data(fixture), as: name) }
}
