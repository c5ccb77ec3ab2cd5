import Catalog

/// Reads `data.classes` and `data.void`, or knows them from the layout.
struct LabelsReader {
  /// What labels on disk mean.
  struct Labels {
    let classes: [String]
    let void: [Int]
    let offset: Int
  }

  /// Label maps hold 8 bits a pixel.
  private static let labelRange = 0...255
  /// One label is left for void.
  private static let classCounts = 2...255
  private static let defaultVoid = [255]

  /// The labels; nil after reporting what is wrong.
  func read(_ layout: String, _ mapping: SpecMapping) -> Labels? {
    guard layout == "folder" else {
      mapping.refuse(["classes", "void"], "belongs to layout folder; the layout \(layout) knows its own classes")
      return Labels(classes: ADE20K.classes, void: ADE20K.void, offset: ADE20K.labelOffset)
    }
    let void = mapping["void"].map { self.void($0) } ?? Self.defaultVoid
    guard let value = mapping.required("classes", "the classes' names in the order of their labels, from 0"),
      let classes = classes(value), let void
    else { return nil }
    if let label = void.first(where: { $0 < classes.count }) {
      mapping["void"]?.fail("\(label) is the label of class '\(classes[label])', so it cannot be void")
      return nil
    }
    return Labels(classes: classes, void: void, offset: 0)
  }

  private func classes(_ value: SpecValue) -> [String]? {
    guard let items = value.list(of: "names") else { return nil }
    guard Self.classCounts.contains(items.count) else {
      value.fail(
        "names \(items.count) classes, but \(Self.classCounts.lowerBound) to \(Self.classCounts.upperBound) are expected here"
      )
      return nil
    }
    var classes: [String] = []
    for item in items {
      guard let name = item.text() else { continue }
      guard !classes.contains(name) else {
        item.fail("'\(name)' stands in the list twice")
        continue
      }
      classes.append(name)
    }
    return classes.count == items.count ? classes : nil
  }

  private func void(_ value: SpecValue) -> [Int]? {
    guard let items = value.list(of: "labels") else { return nil }
    let labels = items.compactMap { $0.integer(in: Self.labelRange) }
    return labels.count == items.count ? Array(Set(labels)).sorted() : nil
  }
}
