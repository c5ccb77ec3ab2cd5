import Catalog
import Compute
import Coordinator
import Foundation

@testable import Doctor

/// A folder with a few of the demo's scenes and a spec of them, removed when the test ends.
final class Patient {
  let root: String
  private static let project = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
    url.deletingLastPathComponent()
  }.path

  /// A machine that is as it should be.
  static let machine = Machine(
    build: "1.2.3", kernel: "Haswell", level: 3, openBLAS: "OpenBLAS 0.3.21 DYNAMIC_ARCH", settings: [:], cores: 4,
    memory: MemoryLimit(machine: 16_000_000_000), charts: "/charts.js")

  init() throws {
    root = FileManager.default.temporaryDirectory.appendingPathComponent("patient-\(UUID().uuidString)").path
    for split in ["train", "evaluate"] {
      for (folder, ending) in [("images", "jpg"), ("masks", "png")] {
        try FileManager.default.createDirectory(
          atPath: "\(root)/\(folder)/\(split)", withIntermediateDirectories: true)
        for index in 0..<3 {
          let file = "\(folder)/\(split)/\(split)-000\(index).\(ending)"
          try FileManager.default.copyItem(
            atPath: "\(Self.project)/examples/demo/scenes/\(file)", toPath: "\(root)/\(file)")
        }
      }
    }
    try FileManager.default.copyItem(atPath: "\(Self.project)/examples/demo/model", toPath: "\(root)/model")
    try Data(
      """
      name: patient
      model: model
      prefix_token_ids: [1, 4]
      data:
        layout: folder
        root: .
        images: images/{split}/*.jpg
        masks: masks/{split}/{name}.png
        classes: [sky, water, cloud, snow, roof, wall, rock, road, tree, grass]
        train: {split: train}
        evaluate: {split: evaluate}

      """.utf8
    ).write(to: URL(fileURLWithPath: path("spec.yaml")))
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func path(_ name: String) -> String { "\(root)/\(name)" }

  /// The evidence as it is now, on a sound machine.
  func evidence(memory: Int = 4_000_000_000, images: Int = 8) -> Evidence {
    let sweep = SweepEvidence(
      reading: SpecReading(file: path("spec.yaml")), use: MachineUse(workers: 2, threads: 2, memory: memory),
      runDirectory: path("runs/patient"), images: images
    ) { self.path("\($0).doctor.png") }
    return Evidence(machine: Self.machine, sweep: sweep)
  }

  /// What has to be fixed, with this folder's path written as `DIR`.
  func problems(_ evidence: Evidence) -> [String] {
    Diagnosis(of: evidence).problems.map { $0.replacingOccurrences(of: root, with: "DIR") }
  }

  func edit(_ file: String, _ change: (inout Data) throws -> Void) throws {
    let url = URL(fileURLWithPath: path(file))
    var data = try Data(contentsOf: url)
    try change(&data)
    try data.write(to: url)
  }

  func replace(_ old: String, by new: String, in file: String) throws {
    try edit(file) { $0 = Data(String(decoding: $0, as: UTF8.self).replacingOccurrences(of: old, with: new).utf8) }
  }
}
