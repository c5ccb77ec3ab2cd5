import ArgumentParser
import Coordinator
import Foundation

/// `rebound demo`: a whole sweep on a small trained model and on its untrained twin.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Run a whole sweep on a small trained model, and on its untrained twin as a control.",
    discussion: "Takes a few minutes on two cores. Run it from a clone of the project, or name its examples/demo.")

  @Option(help: "The demo's directory (default: examples/demo here, or beside the program's sources).")
  var directory: String?

  @Option(help: "Where the two runs go (default: runs in the demo's directory).")
  var out: String?

  @Flag(help: "A handful of images, to see that everything works.")
  var small = false

  @OptionGroup var resources: ResourceOptions
  @OptionGroup var output: OutputOptions

  /// Images of the small demo.
  private static let smallImages = 12
  /// The trained model's spec comes first; its report shows the others beside it.
  private static let specs = ["demo", "twin"]

  func run() async throws {
    try await reportingErrors {
      let home = try Self.home(directory)
      var paths: [String] = []
      var missing = 0
      for name in Self.specs {
        let loaded = try LoadedSpec(file: "\(home)/\(name).yaml", pilot: small ? Self.smallImages : nil)
        let path = "\(out ?? "\(home)/runs")/\(loaded.experiment.name)"
        let ending = try await SpecRun(
          loaded: loaded, path: path, resources: resources, output: output.format
        ).run()
        guard ending.summary.finished else {
          try output.answer(ending.summary, text: ending.text)
          throw ending.exitCode ?? ExitCode.failure
        }
        missing += ending.summary.missingTrials
        paths.append(path)
      }
      let runs = try paths.map(RunDirectory.init(reading:))
      let report = try runs[0].illustratedReport(beside: Array(runs.dropFirst()))
      try report.write(to: URL(fileURLWithPath: runs[0].layout.report))
      let page = "\(runs[0].layout.report)/index.html"
      try output.answer(
        SpecRun.Summary(run: paths[0], finished: true, missingTrials: missing, report: page),
        text: report.text + "\nThe report: \(page)")
      if missing > 0 { throw ExitCode.missingTrials }
    }
  }

  /// The demo's directory: as given, here, or where the program was built.
  private static func home(_ given: String?) throws -> String {
    let built = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().pathComponents
    let project = built.firstIndex(of: ".build").map { built[..<$0].joined(separator: "/").replacing("//", with: "/") }
    let candidates = [
      given, given == nil ? "examples/demo" : nil, given == nil ? project.map { "\($0)/examples/demo" } : nil,
    ]
    for case let path? in candidates where FileManager.default.fileExists(atPath: "\(path)/demo.yaml") { return path }
    throw UsageError("there is no demo.yaml in \(given ?? "examples/demo"); name the demo's directory with --directory")
  }
}
