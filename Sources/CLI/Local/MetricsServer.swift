import ArgumentParser
import Coordinator
import FlyingFox
import Foundation

/// Where a coordinator's counters can be scraped.
struct MetricsOptions: ParsableArguments {
  @Option(
    help: "Serve counters for Prometheus at http://127.0.0.1:PORT/metrics.")
  var metrics: UInt16?

  func validate() throws {
    if metrics == 0 { throw ValidationError("--metrics is a port from 1 to 65535") }
  }
}

/// A read-only page on the loopback interface.
final class MetricsServer: Sendable {
  private let task: Task<Void, any Error>

  /// Serves the counters of `server` while the value lives; nil where nobody asked.
  static func serve(_ server: Server, at port: UInt16?) async throws -> MetricsServer? {
    guard let port else { return nil }
    return try await MetricsServer(server, port: port)
  }

  /// Throws where the port is taken.
  init(_ server: Server, port: UInt16) async throws {
    let page = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port), logger: .disabled)
    await page.appendRoute("GET /metrics") { _ in
      guard let status = server.status else { return HTTPResponse(statusCode: .serviceUnavailable) }
      return HTTPResponse(
        statusCode: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
        body: Data(MetricsText(status, server.counts).text.utf8))
    }
    task = Task { try await page.run() }
    do { try await page.waitUntilListening(timeout: 5) } catch {
      task.cancel()
      throw UsageError("--metrics: port \(port) can't be used; choose another one")
    }
  }

  deinit { task.cancel() }
}
