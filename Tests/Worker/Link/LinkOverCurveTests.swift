import Foundation
import Logging
import Protocol
import Testing

@testable import Worker

/// The whole way over the network: keys in an access file, CURVE, an allow-list.
@Suite struct `The link over tcp` {
  let directory: PrivateDirectory
  let context: ZeroMQContext
  let router: RouterSocket
  let server: CurveKeyPair
  let worker: CurveKeyPair
  let status: CurveKeyPair

  init() throws {
    directory = try PrivateDirectory()
    context = try ZeroMQContext()
    server = try CurveKeyPair()
    worker = try CurveKeyPair()
    status = try CurveKeyPair()
    let authenticator = try Authenticator(
      for: context,
      allowing: [
        worker.publicKey: KeyHolder(name: "worker", role: .worker),
        status.publicKey: KeyHolder(name: "status", role: .status),
      ])
    router = try RouterSocket(at: Endpoint("tcp://127.0.0.1:0"), .curve(server, authenticator), in: context)
  }

  private func link(with file: AccessFile) throws -> CoordinatorLink {
    let path = directory.path + "/access.json"
    try file.write(to: path)
    return try CoordinatorLink(
      to: .accessFile(path: path), hello: Sample.hello, timing: LinkTiming(giveUp: .seconds(2)),
      logger: Logger(label: "link"))
  }

  private func access(worker: CurveKeyPair) -> AccessFile {
    AccessFile(
      endpoint: router.endpoint, epoch: Epoch(1),
      protection: .curve(server: server.publicKey, worker: worker, status: status))
  }

  @Test func `the run's own access file opens the way`() throws {
    let link = try link(with: access(worker: worker))
    #expect(try waitForInput([.router(router)], atMost: .seconds(5)))
    let arrival = try #require(try router.receive())
    #expect(try ToCoordinator(frame: arrival.frame) == .hello(Sample.hello))
    _ = try router.send(ToWorker.drain(reason: "enough").encoded(), to: arrival.peer)
    #expect(try link.receive(timeout: .seconds(5)) == .drain(reason: "enough"))
  }

  @Test func `a key that the coordinator does not know ends with that reason`() throws {
    let link = try link(with: access(worker: CurveKeyPair()))
    let error = #expect(throws: LinkError.self) { try link.receive(timeout: .seconds(10)) }
    #expect(error?.code == .lost)
    #expect(error?.description.contains("does not know this worker's key") == true)
    #expect(try router.receive() == nil)
  }

  @Test func `an access file for readers of the status is no worker's`() throws {
    let link = try link(with: access(worker: worker).forStatus)
    let error = #expect(throws: LinkError.self) { try link.receive(timeout: .seconds(10)) }
    #expect(error?.code == .address)
    #expect(error?.description.contains("status only") == true)
  }
}
