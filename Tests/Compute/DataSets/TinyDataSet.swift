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

  /// A label map of ADE20K's full release, with one index for each of the 3 × 3 tokens; blue tells instances apart.
  func addReleaseMask(_ path: String, _ indices: [Int]) throws {
    let samples = (0..<Self.side * Self.side).flatMap { pixel -> [UInt8] in
      let index = indices[Self.token(at: pixel)]
      return [UInt8(index / 256 * 10 + pixel % 10), UInt8(index % 256), UInt8(pixel % 200)]
    }
    try write(path, PNGFile.data(.colours, width: Self.side, samples: samples))
  }

  private static func token(at pixel: Int) -> Int { pixel / side / 4 * 3 + pixel % side / 4 }

  /// [12 × 12]: each of 3 × 3 labels over its token.
  static func spread(_ labels: [UInt8]) -> [UInt8] {
    (0..<side * side).map { labels[token(at: $0)] }
  }

  /// The gold class names of each image of a split, by the image's name; nil for void.
  ///
  /// `classes` are those of a data set that leaves them to the spec.
  func gold(_ known: KnownDataSet, split: String, classes: DataSetLabels? = nil) throws -> [String: [String?]] {
    let form = known.form(root: root)
    let labels = form.labels ?? classes ?? DataSetLabels(classes: [], void: [])
    var gold: [String: [String?]] = [:]
    for image in try form.layout.list(split: split) {
      gold[image.name] = try Self.input(image, labels).labels.gold
        .map { $0 == TokenContext.void ? nil : labels.classes[Int($0)] }
    }
    return gold
  }

  /// What is wrong with a split, with the root written as `DIR`; nil if nothing is.
  func complaint(_ known: KnownDataSet, split: String, classes: DataSetLabels? = nil) -> String? {
    do {
      _ = try gold(known, split: split, classes: classes)
      return nil
    } catch { return "\(error)".replacingOccurrences(of: root, with: "DIR") }
  }

  private static func input(_ image: LabelledImage, _ labels: DataSetLabels) throws -> LabelledInput {
    let data = Experiment.Data(
      classes: labels.classes, labels: labels.labels, void: labels.void, encoding: labels.encoding, train: [],
      evaluate: [])
    return try LabelledInput(
      image, facts: RandomModel(seed: 1).facts, rule: TokenLabels.Rule(data), geometry: .model)
  }
}
