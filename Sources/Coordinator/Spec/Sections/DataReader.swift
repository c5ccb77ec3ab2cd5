import Catalog
import Foundation

/// Reads `data`: the classes, and the images of both splits as they lie on disk.
struct DataReader {
  let paths: SpecPaths
  let seed: UInt64

  static let defaultTokensPerImage = 64
  private static let folder = "folder"
  private static let ofFolder = ["list", "images", "masks", "classes", "void"]
  private static let keys = ["layout", "root"] + ofFolder + ["geometry", "train", "evaluate", "cluster"]

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
    let geometry = mapping["geometry"]?.choice(Experiment.Data.Geometry.allCases.map(\.rawValue))
      .flatMap { Experiment.Data.Geometry(rawValue: $0) }
    let (layout, labels) = files(mapping)
    let images = SplitReader(layout: layout, cluster: cluster(mapping), seed: seed)
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
            classes: labels.classes, labels: labels.labels, void: labels.void, encoding: labels.encoding,
            geometry: geometry ?? .model, train: train.images, evaluate: evaluate.images)
        }
      }
    }
    return Reading(classes: labels?.classes, tokensPerImage: train?.tokensPerImage, resolved: resolved)
  }

  /// Where files lie and what labels mean: as the spec says, or as a known data set has it. Each is nil after reporting what
  /// is wrong with it.
  private func files(_ mapping: SpecMapping) -> (layout: DataSetLayout?, labels: DataSetLabels?) {
    let names = [Self.folder] + KnownDataSet.allCases.map(\.rawValue)
    let layout = mapping.required("layout", SpecValue.alternatives(names))?.choice(names)
    let root = mapping.required("root", "the folder of the data set").flatMap { $0.text() }.map { paths.resolve($0) }
    guard let layout else { return (nil, nil) }
    guard let known = KnownDataSet(rawValue: layout) else {
      return (root.flatMap { folder($0, mapping) }, LabelsReader(encoding: .indices).read(mapping))
    }
    let form = known.form(root: root ?? "")
    let own = form.labels == nil ? "files" : "files and classes"
    mapping.refuse(
      Self.ofFolder.filter { $0 != "classes" || form.labels != nil },
      "belongs to layout folder; the layout \(layout) knows its own \(own)")
    return (root == nil ? nil : form.layout, form.labels ?? LabelsReader(encoding: .ade20kRelease).read(mapping))
  }

  private func folder(_ root: String, _ mapping: SpecMapping) -> DataSetLayout? {
    let list = mapping["list"].flatMap { $0.text() }
    let example = list == nil ? "images/{split}/*.jpg" : "images/{name}.jpg"
    let images = mapping.required("images", "a pattern such as \(example)").flatMap { $0.text() }
    let masks = mapping.required("masks", "a pattern such as masks/{split}/{name}.png").flatMap { $0.text() }
    if let masks, !masks.contains("{name}") {
      mapping["masks"]?.fail("'\(masks)' has no {name}, so all images would share one label map")
      return nil
    }
    if let images, images.contains("{name}") != (list != nil) {
      mapping["images"]?.fail(
        list == nil
          ? "'\(images)' has {name}, but no list names the images; write * or give a list"
          : "'\(images)' has no {name}, which stands for a name in the list")
      return nil
    }
    guard let images, let masks, mapping["list"] == nil || list != nil else { return nil }
    return DataSetLayout(root: root, list: list, images: images, masks: masks)
  }

  private func cluster(_ mapping: SpecMapping) -> ClusterRule? {
    if let value = mapping["cluster"] { return ClusterRule(value) }
    guard let value = mapping["layout"], let name = value.node.scalar?.string, let known = KnownDataSet(rawValue: name)
    else {
      return nil
    }
    return ClusterRule(of: known, layout: value)
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
