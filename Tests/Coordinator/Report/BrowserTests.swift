import Foundation
import Testing

@testable import Coordinator

/// The page in a real browser, from disk.
struct BrowserTests {
  static let browser = "/usr/bin/chromium"

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: browser), "chromium is not installed"))
  func `the page draws every chart without an error`() throws {
    let scratch = try ScratchDirectory()
    try ReportTests.hostileReport().write(to: URL(fileURLWithPath: scratch.path))
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
    let canvases = page.matches(of: /<canvas id="([a-z0-9-]+)"[^>]*>/)
    #expect(canvases.map { String($0.1) } == ["accuracy", "recovery", "knockout-0", "knockout-1", "knockout-2"])
    #expect(canvases.allSatisfy { $0.0.contains("height=\"") && $0.0.contains("display: block") })
  }
}
