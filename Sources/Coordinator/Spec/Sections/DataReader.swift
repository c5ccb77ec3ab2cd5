import Catalog
import Foundation

/// Reads `data`: the classes, and the images of both splits as they lie on disk.
struct DataReader {
  let paths: SpecPaths
  let seed: UInt64

  static let defaultTokensPerImage = 64
  private static let keys = [
    "layout", "root", "images", "masks", "classes", "void", "geometry", "train", "evaluate", "cluster",
  ]

  /// What is known after reading: the classes even where the rest is wrong.
  struct Reading {
    let classes: [String]?
    let tokensPerImage: Int?
    /// nil after reporting what is wrong.
    let resolved: Experiment.Data?
  }

  /// What the section says; `hasImport`: with imported probes nothing is trained, so `train` may be left out.
  func read(_ top: SpecMapping, hasImport: Bool) -> Reading? {
    guard
      let mapping = top.required("data", "a mapping with layout, root, train and evaluate")?.mapping(keys: Self.keys)
    else { return nil }
    _ = mapping["geometry"]?.choice(["model"], unsupported: ["crop", "squash", "pad"])
    let layout = mapping.required("layout", "folder or ade20k")?
      .choice(["folder", "ade20k"], unsupported: ["voc2012", "cityscapes", "coco-stuff"])
    let root = mapping.required("root", "the folder of the data set").flatMap { $0.text() }.map { paths.resolve($0) }
    let files = layout.flatMap { self.layout($0, root: root, mapping) }
    let labels = layout.flatMap { LabelsReader().read($0, mapping) }
    let images = SplitReader(layout: files, cluster: cluster(mapping), seed: seed)
    let train =
      hasImport && mapping["train"] == nil
      ? SplitReader.Split(images: [], tokensPerImage: nil)
      : mapping.required("train", "{split: train, images: all}").flatMap { images.read($0, role: .train) }
    let evaluate = mapping.required("evaluate", "{split: val, images: all}").flatMap {
      images.read($0, role: .evaluate)
    }
    if let train, let evaluate { refuseShared(train.images, evaluate.images, mapping["evaluate"]) }
    let resolved = labels.flatMap { labels in
      train.flatMap { train in
        evaluate.map { evaluate in
          Experiment.Data(
            classes: labels.classes, void: labels.void, labelOffset: labels.offset, train: train.images,
            evaluate: evaluate.images)
        }
      }
    }
    return Reading(classes: labels?.classes, tokensPerImage: train?.tokensPerImage, resolved: resolved)
  }

  private func layout(_ name: String, root: String?, _ mapping: SpecMapping) -> DataSetLayout? {
    guard name == "folder" else {
      mapping.refuse(["images", "masks"], "belongs to layout folder; the layout \(name) knows its own files")
      return root.map { DataSetLayout.ade20k(root: $0) }
    }
    let images = mapping.required("images", "a pattern such as images/{split}/*.jpg").flatMap { $0.text() }
    let masks = mapping.required("masks", "a pattern such as masks/{split}/{name}.png").flatMap { $0.text() }
    if let masks, !masks.contains("{name}") {
      mapping["masks"]?.fail("'\(masks)' has no {name}, so all images would share one label map")
      return nil
    }
    guard let root, let images, let masks else { return nil }
    return DataSetLayout(root: root, images: images, masks: masks)
  }

  private func cluster(_ mapping: SpecMapping) -> ClusterRule? {
    guard let value = mapping["cluster"], let pattern = value.text() else { return nil }
    guard let expression = try? NSRegularExpression(pattern: pattern) else {
      value.fail("'\(pattern)' is not a regular expression")
      return nil
    }
    guard expression.numberOfCaptureGroups >= 1 else {
      value.fail("'\(pattern)' captures nothing; put the part that names the cluster into parentheses")
      return nil
    }
    return ClusterRule(expression: expression, place: value)
  }

  /// A probe must not be scored on an image that it was fitted on.
  private func refuseShared(_ train: [LabelledImage], _ evaluate: [LabelledImage], _ place: SpecValue?) {
    func file(_ image: LabelledImage) -> String { URL(fileURLWithPath: image.image).resolvingSymlinksInPath().path }
    let trained = Set(train.map(file))
    let shared = evaluate.map(file).filter(trained.contains)
    guard let first = shared.min() else { return }
    place?.fail(
      "\(shared.count) of the images are training images too, such as \(first); choose another split, since probes are "
        + "not scored on images that they were fitted on")
  }
}

/// Groups images by what a pattern captures of their names.
struct ClusterRule {
  let expression: NSRegularExpression
  let place: SpecValue

  /// The first captured group; nil if the name does not match.
  func cluster(of name: String) -> String? {
    guard let match = expression.firstMatch(in: name, range: NSRange(name.startIndex..., in: name)),
      let range = Range(match.range(at: 1), in: name)
    else { return nil }
    return String(name[range])
  }
}
