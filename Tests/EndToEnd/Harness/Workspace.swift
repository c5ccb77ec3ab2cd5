import Foundation

/// A temporary directory with a few of the demo's scenes, for specs and runs. Removed with the value.
final class Workspace: Sendable {
  let root: String

  /// `train` and `evaluate`: how many images each split has.
  init(train: Int = 16, evaluate: Int = 6) throws {
    root = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-e2e-\(UUID())").path
    for (split, count) in [("train", train), ("evaluate", evaluate)] {
      for (folder, ending) in [("images", "jpg"), ("masks", "png")] {
        let target = "\(root)/\(folder)/\(split)"
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        for index in 0..<count {
          let name = "\(split)-\(String(format: "%04d", index)).\(ending)"
          try FileManager.default.copyItem(
            atPath: "\(Rebound.project)/examples/demo/scenes/\(folder)/\(split)/\(name)", toPath: "\(target)/\(name)")
        }
      }
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func path(_ name: String) -> String { "\(root)/\(name)" }

  /// Where an evaluation image and its label map lie.
  func evaluation(_ index: Int) -> (image: String, mask: String) {
    let name = "evaluate-\(String(format: "%04d", index))"
    return (path("images/evaluate/\(name).jpg"), path("masks/evaluate/\(name).png"))
  }

  /// Writes the small sweep's spec, changed by `edit`; its path.
  func spec(_ file: String = "spec.yaml", _ edit: (inout SpecText) -> Void = { _ in }) throws -> String {
    var spec = SpecText()
    edit(&spec)
    return try write(spec.text, to: file)
  }

  @discardableResult func write(_ text: String, to file: String) throws -> String {
    try text.write(toFile: path(file), atomically: true, encoding: .utf8)
    return path(file)
  }

  /// A copy of the demo's model that may be damaged.
  func copyModel(_ name: String = "model") throws -> String {
    try? FileManager.default.removeItem(atPath: path(name))
    try FileManager.default.copyItem(atPath: "\(Rebound.project)/examples/demo/model", toPath: path(name))
    return path(name)
  }

  /// The names in a folder of the workspace; none if it doesn't exist.
  func list(_ folder: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []).sorted()
  }
}
