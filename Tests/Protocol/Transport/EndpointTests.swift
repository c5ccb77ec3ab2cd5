import Foundation
import Protocol
import Testing

@Suite struct `Endpoints` {
  @Test(arguments: [
    "ipc:///tmp/x/socket", "tcp://127.0.0.1:5555", "tcp://*:0", "tcp://node-17.cluster.local:65535", "tcp://[::1]:80",
  ])
  func `an address reads as it is written`(text: String) throws {
    #expect(try Endpoint(text).description == text)
  }

  @Test(arguments: [
    "", "ipc://", "ipc://relative/path", "ipc:///dir/", "tcp://", "tcp://host", "tcp://host:", "tcp://:80",
    "tcp://host:65536", "tcp://host:-1", "tcp://ho st:80", "tcp://host;x:80", "tcp://[]:80", "udp://host:80", "host:80",
  ])
  func `anything else is refused`(text: String) {
    let error = #expect(throws: TransportError.self) { try Endpoint(text) }
    #expect(error?.code == .endpoint)
  }

  @Test func `a path one byte too long is refused with its length`() throws {
    let longest = "/" + String(repeating: "x", count: Endpoint.longestPath - 1)
    #expect(try Endpoint.ipc(path: longest).description == "ipc://" + longest)
    let error = #expect(throws: TransportError.self) { try Endpoint.ipc(path: longest + "x") }
    #expect(error?.description.contains("108 bytes") == true)
  }

  @Test func `a private directory is closed to others, and goes away`() throws {
    var directory: PrivateDirectory? = try PrivateDirectory()
    let path = try #require(directory?.path)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o700)
    directory = nil
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `a socket in a directory open to others is refused`() throws {
    let directory = try PrivateDirectory()
    let context = try ZeroMQContext()
    try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: directory.path)
    let error = #expect(throws: TransportError.self) {
      try RouterSocket(at: directory.endpoint(), .fileSystem, in: context)
    }
    #expect(error?.code == .insecure)
    #expect(throws: TransportError.self) { try DealerSocket(to: directory.endpoint(), .fileSystem, in: context) }
  }
}
