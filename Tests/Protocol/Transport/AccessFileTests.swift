import Foundation
import Protocol
import Testing

@Suite struct `Access files` {
  let directory: PrivateDirectory
  var path: String { directory.path + "/access.json" }

  init() throws { directory = try PrivateDirectory() }

  private func curve() throws -> AccessFile {
    AccessFile(
      endpoint: try Endpoint("tcp://node1:5555"), epoch: Epoch(7),
      protection: .curve(server: try CurveKeyPair().publicKey, worker: try CurveKeyPair(), status: try CurveKeyPair()))
  }

  @Test func `what was written is read back, by its owner alone`() throws {
    let files = [
      try curve(), try curve().forStatus,
      AccessFile(endpoint: try Endpoint("ipc:///tmp/a/b"), epoch: Epoch(1), protection: .fileSystem),
      AccessFile(endpoint: try Endpoint("tcp://h:1"), epoch: Epoch(.max), protection: .insecure),
    ]
    for file in files {
      try file.write(to: path)
      #expect(try AccessFile(path: path) == file)
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["access.json"])
  }

  @Test(arguments: [0o640, 0o604, 0o620, 0o602])
  func `a file that others may open is refused`(mode: Int) throws {
    try curve().write(to: path)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    let error = #expect(throws: TransportError.self) { try AccessFile(path: path) }
    #expect(error?.description.contains("chmod 600") == true)
  }

  @Test(arguments: [
    ("\"schema\" : 1", "\"schema\" : 2", "schema 2"), ("\"endpoint\"", "\"end\"", "'endpoint'"),
    ("\"server\"", "\"servant\"", "'server'"), ("\"curve\"", "\"none\"", "'protection'"), ("{", "[", "access file"),
  ])
  func `a damaged file is refused, naming what is wrong`(part: String, other: String, named: String) throws {
    try curve().write(to: path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try #require(text.contains(part))
    try Data(text.replacingOccurrences(of: part, with: other).utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let error = #expect(throws: TransportError.self) { try AccessFile(path: path) }
    #expect(error?.description.contains(named) == true, "\(error?.description ?? "")")
  }

  @Test func `a missing file is named`() {
    let error = #expect(throws: TransportError.self) { try AccessFile(path: path) }
    #expect(error?.description.contains(path) == true)
  }

  @Test func `a copy for readers of the status opens nothing else`() throws {
    let file = try curve()
    #expect(try file.forStatus.security(as: .status) == file.security(as: .status))
    #expect(throws: TransportError.self) { try file.forStatus.security(as: .worker) }
    #expect(try file.security(as: .worker) != file.security(as: .status))
  }
}
