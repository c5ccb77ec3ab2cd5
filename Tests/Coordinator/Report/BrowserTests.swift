import Catalog
import Foundation
import Testing

@testable import Coordinator

/// The page in a real browser, from disk.
struct BrowserTests {
  static let browser = "/usr/bin/chromium"

  private static let isThere = FileManager.default.isExecutableFile(atPath: browser)
  private static let charts = ["accuracy", "recovery"]
  private static let places = ["rows", "neighbours", "alike"]

  @Test(.enabled(if: isThere, "chromium is not installed"))
  func `the page draws every chart without an error`() throws {
    try expect(ReportTests.hostileReport(), Self.charts + (0..<3).map { "knockout-\($0)" })
  }

  @Test(.enabled(if: isThere, "chromium is not installed"))
  func `where predictions were kept, the page draws them by place`() throws {
    let sweep = SimulatedSweep(images: 8, seed: 4)
    let tokens = sweep.experiment.model.grid.tokens
    let site = Array(repeating: UInt16(2), count: tokens)
    let exhibit = Exhibit(
      image: "<b>", picture: Data("no picture".utf8), gold: site, baseline: Array(repeating: site, count: 4),
      treated: Array(repeating: Array(repeating: 1, count: tokens), count: 4), targets: [1])
    let report = Report(
      findings: Findings(
        try NaiveCounter.tally(sweep), places: try NaiveCounter.places(sweep), quarantined: [], replicates: 50,
        signFlips: 50),
      provenance: try Provenance(experiment: sweep.experiment, build: "1", kernels: [], nondeterminism: 0),
      gallery: [GalleryWall(knockout: "open", window: LayerWindow(first: 1, last: 3), exhibits: [exhibit])],
      grid: sweep.experiment.model.grid)
    let page = try expect(
      report, Self.charts + Self.places + (0..<2).flatMap { ["knockout-\($0)", "rows-\($0)"] })
    let panels = page.matches(of: /<canvas id="gallery-0-0-[a-z]+"[^>]*width="6" height="4"/)
    #expect(panels.count == 4)
    #expect(page.contains("0 right and 24 wrong that were not, of 24 tokens"))
    #expect(report.placesCSV.contains("open,1,3,row 4,llm.3,accuracy_change,"))
  }

  /// Opens the page of `report` from disk, and expects the canvases `ids`, drawn.
  @discardableResult private func expect(_ report: Report, _ ids: [String]) throws -> String {
    let scratch = try ScratchDirectory()
    try report.write(to: URL(fileURLWithPath: scratch.path))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.browser)
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(scratch.path)/profile",
      "--enable-logging=stderr", "--dump-dom", "file://\(scratch.path)/index.html",
    ]
    let log = scratch.path + "/log"
    let dom = scratch.path + "/dom"
    for path in [log, dom] { try Data().write(to: URL(fileURLWithPath: path)) }
    process.standardError = FileHandle(forWritingAtPath: log)
    process.standardOutput = FileHandle(forWritingAtPath: dom)
    try process.run()
    process.waitUntilExit()
    let messages = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    #expect(messages.filter { $0.contains("CONSOLE") }.isEmpty)
    let page = try String(contentsOfFile: dom, encoding: .utf8)
    // A drawn chart has given its canvas a size.
    let canvases = page.matches(of: /<canvas id="([a-z0-9-]+)"[^>]*>/).filter { !$0.1.hasPrefix("gallery-") }
    #expect(canvases.map { String($0.1) } == ids)
    #expect(canvases.allSatisfy { $0.0.contains("height=\"") && $0.0.contains("display: block") })
    return page
  }
}
