import Foundation
import Protocol
import Testing

@Suite struct `Keyrings` {
  let directory: PrivateDirectory
  var path: String { directory.path + "/keys.json" }

  init() throws { directory = try PrivateDirectory() }

  @Test func `a new one has the shared keys, and is the same when it is opened again`() throws {
    let ring = try Keyring.open(path, now: 5)
    #expect(ring.keys.map(\.name) == ["workers", "status", "control"])
    #expect(try Keyring.open(path, now: 9) == ring)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    guard case .curve(let server, let worker, let status, let control) = ring.protection else {
      Issue.record("no keys")
      return
    }
    #expect(server == ring.server.publicKey)
    for (pair, role) in [(worker, PeerRole.worker), (status, .status), (control, .control)] {
      #expect(pair.flatMap { ring.holders[$0.publicKey] }?.role == role)
    }
  }

  @Test func `a key is made with a name, and is no holder any more once it is revoked`() throws {
    _ = try Keyring.open(path, now: 5)
    let pair = try Keyring.change(path) { try $0.add("node-17", .worker, now: 6) }
    let ring = try Keyring(path: path)
    #expect(ring.holders[pair.publicKey] == KeyHolder(name: "node-17", role: .worker))
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let secret = try JSONDecoder().decode([String: String].self, from: JSONEncoder().encode(pair))["secret"] ?? "?"
    #expect(!text.contains(secret), "the secret half is given away, not kept")
    try Keyring.change(path) { try $0.revoke("node-17", now: 7) }
    #expect(try Keyring(path: path).holders[pair.publicKey] == nil)
    #expect(try Keyring(path: path).holders.count == 3)
    for name in ["node-17", "", "a b", "../x", String(repeating: "x", count: 65), "ü"] {
      #expect(throws: TransportError.self) { try Keyring.change(path) { _ = try $0.add(name, .worker, now: 8) } }
    }
    #expect(throws: TransportError.self) { try Keyring.change(path) { try $0.revoke("nobody", now: 8) } }
  }

  @Test func `a revoked shared key leaves the access file`() throws {
    _ = try Keyring.open(path, now: 5)
    try Keyring.change(path) { try $0.revoke("workers", now: 7) }
    guard case .curve(_, nil, .some, .some) = try Keyring(path: path).protection else {
      Issue.record("the revoked key is handed out")
      return
    }
  }

  @Test(arguments: ["{}", "[]", "", #"{"schema": 2}"#]) func `what is no keyring is refused`(text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, 0o600)
    #expect(throws: TransportError.self) { try Keyring.open(path, now: 1) }
  }

  @Test func `a keyring that others can read is refused`() throws {
    _ = try Keyring.open(path, now: 5)
    chmod(path, 0o644)
    #expect(throws: TransportError.self) { try Keyring.open(path, now: 5) }
  }

  @Test func `many processes may make keys at once`() throws {
    _ = try Keyring.open(path, now: 5)
    let threads = (0..<8).map { number in
      DedicatedThread(name: "keys") { [path] in
        _ = try? Keyring.change(path) { try $0.add("node-\(number)", .worker, now: 6) }
      }
    }
    #expect(threads.allSatisfy { $0.join(atMost: .seconds(20)) })
    #expect(try Keyring(path: path).keys.count == 11)
  }
}
