import FlyingFox
import Foundation

/// Read-only pages on the loopback interface, while the value lives.
///
/// Only a request that names the loopback interface is answered: a web page elsewhere whose name was made to point here
/// (DNS rebinding) gets nothing.
final class LoopbackServer: Sendable {
  typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPResponse

  private let task: Task<Void, any Error>

  /// Serves `routes` by path; throws where the port is taken.
  init(port: UInt16, option: String, _ routes: [String: Handler]) async throws {
    let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port), logger: .disabled)
    let hosts = ["127.0.0.1:\(port)", "localhost:\(port)"]
    await server.appendRoute("*") { request in
      guard request.headers[.host].map(hosts.contains) ?? false else { return HTTPResponse(statusCode: .forbidden) }
      guard let handler = routes[request.path] else { return HTTPResponse(statusCode: .notFound) }
      guard request.method == .GET else {
        var refusal = HTTPResponse(statusCode: .methodNotAllowed)
        refusal.headers[HTTPHeader("Allow")] = "GET"
        return refusal
      }
      var response = try await handler(request)
      response.headers[HTTPHeader("Cache-Control")] = "no-store"
      response.headers[HTTPHeader("X-Content-Type-Options")] = "nosniff"
      response.headers[HTTPHeader("Referrer-Policy")] = "no-referrer"
      return response
    }
    task = Task { try await server.run() }
    do { try await server.waitUntilListening(timeout: 5) } catch {
      task.cancel()
      throw UsageError("\(option): port \(port) can't be used; choose another one")
    }
  }

  deinit { task.cancel() }
}
