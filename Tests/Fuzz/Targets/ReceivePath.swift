import Catalog
import Foundation
import Logging

@testable import Coordinator
@testable import Protocol

/// Everything behind a coordinator's socket: an input is a sequence of messages from several peers, each of which is heard by a
/// real server's loop over a run of its own.
extension FuzzTarget {
  static let receivePath = [
    FuzzTarget(name: "receive-path") {
      let session = try toCoordinator.map { try Envelope.open($0.encoded()) }
      return [session, session.reversed(), session.filter { $0.count < 100 }].map(joined)
    } read: { data in
      let scratch = Scratch()
      let run = try OwnedRun(at: "\(scratch.path)/run", experiment: experiment, spec: Data())
      let sockets = try PrivateDirectory()
      let loop = try ServerLoop(
        run,
        ServerConfiguration(
          endpoint: sockets.endpoint(), security: .fileSystem, protection: .fileSystem, build: "1"),
        in: ZeroMQContext(), signals: ServerSignals(), wakeUp: WakeUp(),
        logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }, afterCommit: {})
      for arrival in try arrivals(data) { try loop.hear(arrival) }
      try loop.passTime()
    }
  ]

  /// A byte that says who speaks and whether a checksum is put around it, a length in two bytes, the message; and so on.
  private static func arrivals(_ data: Data) throws -> [RouterSocket.Arrival] {
    var rest = [UInt8](data)[...]
    var arrivals: [RouterSocket.Arrival] = []
    while rest.count > 3, arrivals.count < 64 {
      let head = [UInt8](rest.prefix(3))
      let payload = Data(rest.dropFirst(3).prefix(Int(head[1]) | Int(head[2]) << 8))
      rest = rest.dropFirst(3 + payload.count)
      arrivals.append(
        .init(
          peer: PeerID(bytes: Data([119, head[0] & 7])), role: PeerRole.allCases[Int(head[0] >> 3) & 3], key: nil,
          frame: head[0] & 128 == 0 ? try Envelope.seal(payload) : payload))
    }
    return arrivals
  }

  private static func joined(_ payloads: [Data]) -> Data {
    payloads.reduce(into: Data()) { data, payload in
      data.append(contentsOf: [24, UInt8(payload.count & 255), UInt8(payload.count >> 8)])
      data.append(payload)
    }
  }
}
