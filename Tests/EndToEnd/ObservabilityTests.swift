import Catalog
import Foundation
import Testing

extension EndToEnd {
  /// What other programs can see of a run: counters to scrape, and a log of JSON lines.
  @Suite struct ObservabilityTests {
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/curl"), "needs curl"))
    func `a run's counters are scraped while it goes on, and its log tells every lease in JSON`() async throws {
      // Long enough to be scraped in its middle: the page is made once a second.
      let workspace = try Workspace(train: 16, evaluate: 24)
      let out = workspace.path("watched")
      let port = try BadLink(seed: 1).port  // free once the value is gone
      let running = try Rebound.start([
        "run", try workspace.spec(), "--out", out, "--workers", "2", "--threads", "1", "--output", "quiet",
        "--log", "json", "--metrics", "\(port)",
      ])
      _ = try await live(out, of: running, until: "it coordinates") { _ in true }
      let text = try await eventually("a page of the sweep") {
        let page = try scrape(port)
        return self.values(of: page)["rebound_trials{stage=\"sweep\",state=\"committed\"}"] ?? 0 > 0 ? page : nil
      }
      let values = self.values(of: text)
      #expect(values["rebound_workers"] == 2)
      #expect(values["rebound_epoch"] == 1)
      #expect((values["rebound_trials{stage=\"fit\",state=\"committed\"}"] ?? 0) > 0)
      #expect((values["rebound_commits_total"] ?? 0) > 0 && (values["rebound_frames_total"] ?? 0) > 10)
      #expect(values["rebound_bad_messages_total"] == 0)
      for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        #expect(
          line.wholeMatch(of: #/[a-z_]+(\{[a-z]+="[a-z-]+"(,[a-z]+="[a-z-]+")*\})? [0-9.e+-]+/#) != nil, "\(line)")
      }
      #expect(try await running.ending().code == 0)

      let log = try String(contentsOfFile: "\(out)/logs/coordinator.log", encoding: .utf8)
      var trials: Set<String> = []
      for line in log.split(separator: "\n") {
        let object = try #require(
          try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String], "\(line)")
        #expect(object["time"] != nil && object["level"] != nil && object["event"] != nil)
        guard object["event"] == "trials given" else { continue }
        #expect(object["worker"] != nil && object["attempt"] != nil && object["lease"] != nil)
        for variant in (object["variants"] ?? "").split(separator: ",") {
          trials.insert("\(object["stage"] ?? "")/\(object["unit"] ?? "")/\(variant)")
        }
      }
      #expect(trials == Set(try RunContent(out).payloads.keys.map(\.description)))
    }

    /// The page's numbers by name and labels.
    private func values(of text: String) -> [String: Double] {
      let pairs = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line -> (String, Double)? in
        let parts = line.split(separator: " ")
        return parts.count == 2 ? Double(parts[1]).map { (String(parts[0]), $0) } : nil
      }
      return Dictionary(pairs) { $1 }
    }

    /// The page as curl gets it.
    private func scrape(_ port: UInt16) throws -> String {
      try curl("http://127.0.0.1:\(port)/metrics", "--fail", "--no-include")
    }

    /// What curl gets, with its headers.
    private func curl(_ arguments: String...) throws -> String {
      let curl = Process()
      curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      curl.arguments = ["curl", "--silent", "--include", "--max-time", "60"] + arguments
      let pipe = Pipe()
      curl.standardOutput = pipe
      try curl.run()
      let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
      curl.waitUntilExit()
      return String(decoding: data, as: UTF8.self)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/curl"), "needs curl"))
    func `the dashboard shows a run as it goes on, to browsers on this machine only`() async throws {
      let workspace = try Workspace(train: 16, evaluate: 24)
      let out = workspace.path("shown")
      let port = try BadLink(seed: 1).port  // free once the value is gone
      let running = try Rebound.start([
        "run", try workspace.spec(), "--out", out, "--workers", "2", "--threads", "1", "--output", "quiet",
        "--dashboard", "\(port)",
      ])
      _ = try await live(out, of: running, until: "it coordinates") { _ in true }
      let page = try curl("http://127.0.0.1:\(port)/")
      #expect(page.hasPrefix("HTTP/1.1 200") && page.contains("new EventSource('/events')"))
      #expect(page.contains("default-src 'none'") && page.contains("no-store") && page.contains("nosniff"))
      #expect(try curl("http://127.0.0.1:\(port)/elsewhere").hasPrefix("HTTP/1.1 404"))
      #expect(try curl("http://127.0.0.1:\(port)/", "--request", "POST").hasPrefix("HTTP/1.1 405"))
      #expect(
        try curl("http://127.0.0.1:\(port)/events", "--header", "Host: elsewhere.example").hasPrefix("HTTP/1.1 403"))

      // Until the run ends, and with it the stream.
      let stream = try curl("http://127.0.0.1:\(port)/events", "--no-buffer")
      let events = try stream.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { line in
        try #require(try JSONSerialization.jsonObject(with: Data(line.dropFirst(6).utf8)) as? [String: Any])
      }
      #expect(events.count >= 2)
      let images = events.compactMap { ($0["figures"] as? [String: Any])?["images"] as? Int }
      #expect((images.last ?? 0) > 0 && images == images.sorted())
      #expect((events.last?["status"] as? [String: Any])?["phase"] as? String == "finished")
      let figures = try #require(events.last?["figures"] as? [String: Any])
      let accuracy = (figures["accuracy"] as? [[String: Any]])?.compactMap { $0["value"] as? Double }
      #expect((accuracy ?? []).count == (figures["sites"] as? [String])?.count)
      #expect((accuracy ?? [2]).allSatisfy { (0...1).contains($0) })
      #expect(try await running.ending().code == 0)
    }

    @Test func `a port that is taken is one sentence`() async throws {
      let taken = try BadLink(seed: 1)
      let ending = try await Rebound.run(
        [
          "coordinate", try Undisturbed.shared.spec(), "--out", Undisturbed.shared.workspace.path("taken"), "--listen",
          "ipc", "--metrics", "\(taken.port)",
        ], limit: .seconds(30))
      #expect(ending.code == 1 && ending.errors.contains("port \(taken.port) can't be used"), "\(ending.errors)")
      withExtendedLifetime(taken) {}
    }
  }
}
