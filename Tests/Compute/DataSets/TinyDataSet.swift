import Catalog
import Compute
import Foundation

/// A folder that mimics a data set with images of 12 × 12 pixels, which a model sees as 3 × 3 tokens; removed when the test
/// ends.
final class TinyDataSet {
  let root: String
  private static let side = 12

  init() throws {
    root = FileManager.default.temporaryDirectory.appendingPathComponent("set-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func write(_ path: String, _ data: Data) throws {
    let file = URL(fileURLWithPath: "\(root)/\(path)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  /// Decoders go by content, so a PNG will do under whatever name.
  func addImage(_ path: String, width: Int = side, height: Int = side) throws {
    let samples = (0..<width * height * 3).map { UInt8($0 * 7 % 251) }
    try write(path, PNGFile.data(.colours, width: width, samples: samples))
  }

  /// A label map with one label for each of the 3 × 3 tokens.
  func addMask(_ path: String, _ labels: [UInt8], form: PNGFile.Form = .grey) throws {
    try write(path, PNGFile.data(form, width: Self.side, samples: Self.spread(labels)))
  }

  /// [12 × 12]: each of 3 × 3 labels over its token.
  static func spread(_ labels: [UInt8]) -> [UInt8] {
    (0..<side * side).map { labels[$0 / side / 4 * 3 + $0 % side / 4] }
  }

  /// The gold class names of each image of a split, by the image's name; nil for void.
  func gold(_ known: KnownDataSet, split: String) throws -> [String: [String?]] {
    let form = known.form(root: root)
    var gold: [String: [String?]] = [:]
    for image in try form.layout.list(split: split) {
      gold[image.name] = try Self.input(image, form.labels).labels.gold
        .map { $0 == TokenContext.void ? nil : form.labels.classes[Int($0)] }
    }
    return gold
  }

  /// What is wrong with a split, with the root written as `DIR`; nil if nothing is.
  func complaint(_ known: KnownDataSet, split: String) -> String? {
    do {
      _ = try gold(known, split: split)
      return nil
    } catch { return "\(error)".replacingOccurrences(of: root, with: "DIR") }
  }

  private static func input(_ image: LabelledImage, _ labels: DataSetLabels) throws -> LabelledInput {
    let data = Experiment.Data(
      classes: labels.classes, labels: labels.labels, void: labels.void, train: [], evaluate: [])
    return try LabelledInput(
      image, facts: RandomModel(seed: 1).facts, rule: TokenLabels.Rule(data), geometry: .model)
  }
}
