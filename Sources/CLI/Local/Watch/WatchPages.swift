import ArgumentParser
import Coordinator
import FlyingFox
import Foundation

/// Where a running coordinator can be watched, by people and by programs.
struct WatchOptions: ParsableArguments {
  @Option(help: "Serve counters for Prometheus at http://127.0.0.1:PORT/metrics.")
  var metrics: UInt16?

  @Option(help: "Serve a page that shows the run as it goes on, at http://127.0.0.1:PORT.")
  var dashboard: UInt16?

  func validate() throws {
    if metrics == 0 { throw ValidationError("--metrics is a port from 1 to 65535") }
    if dashboard == 0 { throw ValidationError("--dashboard is a port from 1 to 65535") }
    if let metrics, metrics == dashboard {
      throw ValidationError("--metrics and --dashboard need a port each")
    }
  }
}

/// The pages that were asked for, served while the value lives.
struct WatchPages {
  private let metrics: LoopbackServer?
  private let dashboard: LoopbackServer?

  /// Throws where a port is taken, or there is no Chart.js for the dashboard.
  static func serve(_ server: Server, _ options: WatchPorts) async throws -> WatchPages {
    var metrics: LoopbackServer?
    if let port = options.metrics {
      metrics = try await LoopbackServer(port: port, option: "--metrics", ["/metrics": counters(of: server)])
    }
    var dashboard: LoopbackServer?
    if let port = options.dashboard {
      dashboard = try await LoopbackServer(port: port, option: "--dashboard", try Dashboard(server).routes)
      announce("watch it at http://127.0.0.1:\(port)")
    }
    return WatchPages(metrics: metrics, dashboard: dashboard)
  }

  /// Lets those who watch see how the run ended, before the pages go.
  func sayGoodbye() async {
    if dashboard != nil { try? await Task.sleep(for: .seconds(1)) }
  }

  private static func counters(of server: Server) -> LoopbackServer.Handler {
    { _ in
      guard let status = server.status else { return HTTPResponse(statusCode: .serviceUnavailable) }
      return HTTPResponse(
        statusCode: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
        body: Data(MetricsText(status, server.counts).text.utf8))
    }
  }
}

/// Ports of ``WatchOptions``, once they are read.
struct WatchPorts {
  var metrics: UInt16?
  var dashboard: UInt16?
}

extension WatchOptions {
  var ports: WatchPorts { WatchPorts(metrics: metrics, dashboard: dashboard) }
}
