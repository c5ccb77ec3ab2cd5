import Coordinator
import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// The page that shows a run as it goes on, and the events that keep it up to date.
struct Dashboard {
  /// More browsers than this are told to come back later.
  private static let mostStreams = 32

  private let page: Data
  private let server: Server
  private let streams = StreamCount()

  /// Throws ``ChartLibrary/Missing`` where there is no Chart.js.
  init(_ server: Server) throws {
    page = Data(LivePage.html(charts: try ChartLibrary()).utf8)
    self.server = server
  }

  var routes: [String: LoopbackServer.Handler] {
    let (page, server, streams) = (page, server, streams)
    return [
      "/": { _ in HTTPResponse(statusCode: .ok, headers: [.contentType: "text/html; charset=utf-8"], body: page) },
      "/events": { _ in
        guard let place = streams.take(upTo: Self.mostStreams) else {
          return HTTPResponse(statusCode: .serviceUnavailable)
        }
        return HTTPResponse(
          statusCode: .ok, headers: [.contentType: "text/event-stream"],
          body: HTTPBodySequence(from: StatusEvents(server: server, place: place)))
      },
    ]
  }
}

/// How many streams are open.
private final class StreamCount: Sendable {
  private let open = Mutex(0)

  /// A stream's place, given back with the value.
  final class Place: Sendable {
    private let count: StreamCount
    fileprivate init(_ count: StreamCount) { self.count = count }
    deinit { count.open.withLock { $0 -= 1 } }
  }

  func take(upTo most: Int) -> Place? {
    open.withLock { open in
      guard open < most else { return nil }
      open += 1
      return Place(self)
    }
  }
}

/// A run's status as server-sent events: one at once, then one a second while it changes.
private struct StatusEvents: AsyncBufferedSequence {
  typealias Element = UInt8

  let server: Server
  let place: StreamCount.Place

  func makeAsyncIterator() -> Iterator { Iterator(events: self) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    let events: StatusEvents
    private var pending: [UInt8] = []
    private var last: Data?

    init(events: StatusEvents) { self.events = events }

    mutating func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }

    mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
      while pending.isEmpty {
        if let status = events.server.status {
          let json = try LiveView(status: status, figures: events.server.figures()).json()
          if json != last { pending = Array("data: ".utf8) + json + Array("\n\n".utf8) }
          last = json
        }
        if pending.isEmpty { try await Task.sleep(for: .milliseconds(500)) }
      }
      defer { pending.removeFirst(Swift.min(count, pending.count)) }
      return Array(pending.prefix(count))
    }
  }
}
