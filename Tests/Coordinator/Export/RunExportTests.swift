import Catalog
import Foundation
import Protocol
import Testing

@testable import Coordinator

/// Exports of a run that lies on disk, read as plain text.
struct RunExportTests {
  let scratch: ScratchDirectory
  let sweep = SimulatedSweep(images: 5, perCluster: 2, seed: 4)

  init() throws { scratch = try ScratchDirectory() }

  /// Commits all outcomes but the baseline of image 3.
  private func makeRun() throws -> RunDirectory {
    let run = try OwnedRun(at: scratch.path + "/run", experiment: sweep.experiment, spec: Data("name: x".utf8))
    let trials = NaiveCounter.allTrials(sweep).filter { $0.image != 3 || $0.variant != 0 }
    try run.store.commit(
      trials.map { trial in
        let outcome = Outcome(
          trial: TrialID(stage: .sweep, unit: UInt32(trial.image), variant: UInt32(trial.variant)), lease: LeaseID(1),
          epoch: Epoch(1), attempt: 1, inputs: Digest(of: Data()),
          payload: .cells(NaiveCounter.results(sweep, image: trial.image, variant: trial.variant)), seconds: 1)
        return Store.Commit(try EncodedOutcome(outcome), by: "node/1")
      })
    return try RunDirectory(reading: run.layout.root)
  }

  private func export(
    _ format: ExportFormat = .csv, _ contents: [ExportContent] = [.tokens], knockouts: [String] = [],
    sites: [String] = [], controls: Bool = true, replaces: Bool = false
  ) throws -> Export {
    Export(
      format: format, contents: contents,
      selection: try ExportSelection(knockouts: knockouts, sites: sites, controls: controls, of: sweep.experiment),
      directory: scratch.path + "/out", replaces: replaces, build: "1.0")
  }

  /// The rows of `tokens.csv`, by column.
  private func rows() throws -> [[Substring: Substring]] {
    let lines = try String(contentsOfFile: scratch.path + "/out/tokens.csv", encoding: .utf8).split(separator: "\n")
    let header = lines[0].split(separator: ",")
    return lines.dropFirst().map { line in
      Dictionary(uniqueKeysWithValues: zip(header, line.split(separator: ",", omittingEmptySubsequences: false)))
    }
  }

  private func list(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/\(folder)")) ?? []).sorted()
  }

  @Test func `a row says what a token was at a site under a variant`() throws {
    let summary = try makeRun().export(export())
    let rows = try rows()
    #expect(summary.files.map(\.rows) == [rows.count])
    #expect(summary.images?.complete == 4 && summary.images?.total == 5)
    #expect(summary.withoutBaseline == sweep.experiment.variants.count)
    let experiment = sweep.experiment
    var expected: [[Substring: Substring]] = []
    for image in [0, 1, 2, 4] {
      for variant in [nil] + experiment.variants.map(Optional.some) {
        let raw = sweep.images[image]
        let walk = variant.flatMap { raw.variants[$0.index] }
        let sites = variant.map { experiment.sites(behind: $0.window) } ?? experiment.probes.sites
        for (index, site) in sites.enumerated() {
          let position = experiment.probes.sites.firstIndex(of: site) ?? 0
          for token in 0..<24 {
            func name(_ label: Int?) -> Substring { label.map { "class \($0)" } ?? "" }
            let now = walk?.predictions[index][token] ?? raw.baseline[position][token]
            let reference = raw.baseline[2][token]
            let arm = variant?.arm.description.split(separator: " ") ?? ["baseline"]
            expected.append([
              "image": "image \(image)", "cluster": "cluster \(image / 2)", "row": "\(token / 6)",
              "column": "\(token % 6)", "gold": name(raw.gold[token]),
              "reference_outcome": raw.gold[token].map { $0 == reference ? "correct" : "wrong" } ?? "",
              "knockout": variant.map { Substring(experiment.knockouts[$0.knockout].name) } ?? "", "arm": arm[0],
              "draw": arm.count > 1 ? arm[1] : "0", "first_layer": "\(variant?.window.first ?? 0)",
              "last_layer": "\(variant?.window.last ?? 0)", "site": "\(site)", "site_index": "\(position)",
              "prediction": name(now), "baseline_prediction": name(raw.baseline[position][token]),
              "target": walk?.targets.contains(token) == true ? "true" : "false",
            ])
          }
        }
      }
    }
    #expect(rows == expected)
  }

  @Test func `knockouts, sites and arms can be chosen, the baseline always is there`() throws {
    let run = try makeRun()
    _ = try run.export(export(.csv, ExportContent.allCases, knockouts: ["open"], sites: ["llm.3", "adapter"]))
    let chosen = try rows()
    #expect(
      Set(chosen.map { $0["knockout"] }) == ["", "open"] && Set(chosen.map { $0["site"] }) == ["adapter", "llm.3"])
    #expect(chosen.count == 4 * 24 * (2 + 1))
    for (table, lines) in [("layers", 3), ("effects", 2)] {
      let text = try String(contentsOfFile: "\(scratch.path)/out/\(table).csv", encoding: .utf8)
      #expect(text.split(separator: "\n").count == lines)
    }
    let places = try String(contentsOfFile: "\(scratch.path)/out/places.csv", encoding: .utf8)
    let fields = places.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(Set(fields.map { $0[0] }) == ["", "open"] && Set(fields.map { $0[4] }) == ["adapter", "llm.3"])
    _ = try run.export(export(controls: false, replaces: true))
    #expect(Set(try rows().map { $0["arm"] }) == ["baseline", "treatment"])
  }

  @Test func `a knockout or site that isn't there is named, with what was meant`() {
    #expect(throws: ExportError.self) { try export(sites: ["llm.33"]) }
    func message(_ make: () throws -> Export) -> String {
      do { return "\(try make())" } catch { return "\(error)" }
    }
    #expect(
      message { try export(knockouts: ["anchor"]) } == "the run has no knockout 'anchor'; did you mean 'anchors'?")
    #expect(
      message { try export(sites: ["somewhere"]) }.hasSuffix(
        "; it has vision.0, vision.1, adapter, llm.1, llm.2, llm.3"))
  }

  @Test(arguments: ExportFormat.allCases)
  func `an export that is called off or can't be written leaves nothing, and what was there stays`(
    format: ExportFormat
  ) throws {
    let run = try makeRun()
    var asked = 0
    #expect(throws: CancellationError.self) {
      try run.export(export(format, ExportContent.allCases)) {
        asked += 1
        return asked > 10
      }
    }
    #expect(list("out") == [])
    let first = try run.export(export(format, [.cells]))
    #expect(list("out") == ["effects", "layers", "places"].map { "\($0).\(format.rawValue)" })
    #expect(first.files.allSatisfy { $0.bytes > 0 })
    let error = #expect(throws: ExportError.self) { try run.export(export(format, ExportContent.allCases)) }
    #expect(error?.description.contains("--force") == true)
    #expect(list("out").count == 3)
    _ = try run.export(export(format, ExportContent.allCases, replaces: true))
    #expect(list("out").count == 4)
  }

  @Test(arguments: ExportFormat.allCases) func `the same run gives the same bytes`(format: ExportFormat) throws {
    let run = try makeRun()
    func contents() throws -> [Data] {
      try run.export(export(format, ExportContent.allCases, replaces: true)).files.map {
        try Data(contentsOf: URL(fileURLWithPath: $0.path))
      }
    }
    #expect(try contents() == contents())
  }

  @Test func `a run whose sweep has no outcome is refused`() throws {
    let run = try OwnedRun(at: scratch.path + "/new", experiment: sweep.experiment, spec: Data("name: x".utf8))
    let error = #expect(throws: ExportError.self) {
      try RunDirectory(reading: run.layout.root).export(export())
    }
    #expect(error?.description.contains("no result") == true && list("out") == [])
  }
}
