import Catalog
import Foundation
import Protocol
import Testing

@testable import Coordinator

struct ReportTests {
  static let hostile = "<script>alert('x')</script> & \"quoted\"\u{2028}"

  /// A report with hostile text wherever text comes from outside.
  static func hostileReport() throws -> Report {
    var outcomes = MadeUpOutcomes(images: 8)
    outcomes.name = hostile
    outcomes.classes = ["sky, blue", hostile, "c", "d"]
    let missing = MissingTrial(trial: TrialID(stage: .sweep, unit: 1, variant: 2), subject: hostile, reason: hostile)
    return try outcomes.report(quarantined: [missing], replicates: 50)
  }

  @Test func `the page is whole, alone and safe against text from outside`() throws {
    let page = try Self.hostileReport().page(charts: ChartLibrary())
    #expect(page.utf8.count < 2_000_000)
    #expect(!page.contains("<script>alert"))
    #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)"))
    // In the data, no character ends the script element or a line.
    let start = try #require(page.range(of: #"<script type="application/json" id="data">"#))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    let data = String(page[start.upperBound..<end.lowerBound])
    #expect(!data.contains("<") && !data.contains("\u{2028}"))
    let object = try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]
    let runs = try #require(object?["runs"] as? [[String: Any]])
    #expect(runs.first?["name"] as? String == Self.hostile)
    // Nothing is fetched: three scripts, all in the page, and no reference to anywhere else.
    #expect(page.components(separatedBy: "<script").count == 5)
    #expect(!page.contains("src=\"") && !page.contains("url(") && !page.contains("@import"))
    #expect(page.contains("Chart.js v3"))
  }

  @Test func `the text has both tables, the summary and what is missing`() throws {
    let text = try MadeUpOutcomes().report(quarantined: [
      MissingTrial(trial: TrialID(stage: .sweep, unit: 3, variant: 2), subject: "scene-3", reason: "cut short")
    ]).text
    for part in ["llm.6", "net recovery", "against control", "|T∩W|", "sweep/3/2 (scene-3): cut short", "has a floor"] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!text.contains(#/\b(nan|inf)\b/#))
  }

  @Test func `equal findings write equal files, and the files are all there`() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("report-\(UUID())")
    defer { try? FileManager.default.removeItem(at: directory) }
    try MadeUpOutcomes(images: 6).report(replicates: 20).write(to: directory.appendingPathComponent("a"))
    try MadeUpOutcomes(images: 6).report(replicates: 20).write(to: directory.appendingPathComponent("b"))
    for name in ["report.json", "layers.csv", "effects.csv", "classes.csv", "places.csv", "index.html"] {
      let first = try Data(contentsOf: directory.appendingPathComponent("a/\(name)"))
      #expect(try first == Data(contentsOf: directory.appendingPathComponent("b/\(name)")))
      #expect(first.count > 70)
    }
  }

  @Test func `without Chart.js the numbers are written and the sentence names the package`() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("report-\(UUID())")
    defer { try? FileManager.default.removeItem(at: directory) }
    let report = try MadeUpOutcomes(images: 3).report(replicates: 10)
    let error = try #require(throws: ChartLibrary.Missing.self) {
      try report.write(to: directory, chartLibrary: directory.path + "/none.js")
    }
    #expect(error.description.contains("libjs-chart.js") && error.description.contains("none.js"))
    #expect(FileManager.default.fileExists(atPath: directory.appendingPathComponent("effects.csv").path))
    #expect(!FileManager.default.fileExists(atPath: directory.appendingPathComponent("index.html").path))
  }

  @Test func `JSON carries every number`() throws {
    let report = try MadeUpOutcomes(images: 5).report(replicates: 20)
    let object = try #require(try JSONSerialization.jsonObject(with: report.json()) as? [String: Any])
    #expect(object["schema"] as? Int == 1)
    let findings = try #require(object["findings"] as? [String: Any])
    #expect((findings["sites"] as? [Any])?.count == 11)
    #expect((findings["knockouts"] as? [[String: Any]])?.first?["support"] as? String == "matched")
    #expect((object["summary"] as? [[String: Any]])?.isEmpty == false)
    #expect(try JSONDecoder().decode(Findings.self, from: JSONEncoder().encode(report.findings)) == report.findings)
  }

  @Test func `CSV fields with commas, quotes and line ends are quoted`() throws {
    let lines = try Self.hostileReport().classesCSV.components(separatedBy: "\n")
    #expect(lines[1].hasPrefix("\"sky, blue\","))
    #expect(lines[2].contains("\"\"quoted\"\""))
    let effects = try MadeUpOutcomes(images: 4).report(replicates: 20).effectsCSV.split(separator: "\n")
    let columns = effects.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }
    #expect(Set(columns).count == 1)
    // Six windows of one layer over 6 + 5 + … + 1 sites, and two of all layers over 6.
    #expect(effects.count == 1 + 21 + 12)
  }

  @Test func `a page of a 32-layer model with 150 classes stays small`() throws {
    let outcomes = MadeUpOutcomes(layers: 32, images: 3, classes: (0..<150).map { "class \($0)" })
    #expect(try outcomes.report(replicates: 5).page(charts: ChartLibrary()).utf8.count < 2_000_000)
  }
}
