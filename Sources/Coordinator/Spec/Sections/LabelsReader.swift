import Catalog

/// Reads `data.classes` and `data.void` of layout `folder`, and `data.classes` of layout `ade20k-release`.
struct LabelsReader {
  let encoding: LabelEncoding

  /// One label is left for void.
  private static let classCounts = 2...255
  private static let defaultVoid = [255]

  /// The labels; nil after reporting what is wrong.
  func read(_ mapping: SpecMapping) -> DataSetLabels? {
    let void = encoding.isVoidByDefault ? [] : mapping["void"].map { self.void($0) } ?? Self.defaultVoid
    let hint =
      encoding.isVoidByDefault
      ? "a mapping from names to the release's indices, which tools/ade20k_index.py prints"
      : "the classes' names in the order of their labels from 0, or a mapping from names to labels"
    guard let value = mapping.required("classes", hint), let named = value.isMapping ? mapped(value) : listed(value),
      let void
    else { return nil }
    guard Self.classCounts.contains(named.classes.count) else {
      value.fail(
        "names \(named.classes.count) classes, but \(Self.classCounts.lowerBound) to \(Self.classCounts.upperBound) are "
          + "expected here")
      return nil
    }
    for (name, labels) in zip(named.classes, named.labels) {
      guard let label = labels.first(where: void.contains) else { continue }
      (mapping["void"] ?? value).fail("\(label) is the label of class '\(name)', so it cannot be void")
      return nil
    }
    return DataSetLabels(classes: named.classes, labels: named.labels, void: void, encoding: encoding)
  }

  private typealias Named = (classes: [String], labels: [[Int]])

  /// Names in the order of their labels.
  private func listed(_ value: SpecValue) -> Named? {
    guard !encoding.isVoidByDefault else {
      value.fail(
        "lists names without their indices; write a mapping such as {name: index}, as tools/ade20k_index.py prints it")
      return nil
    }
    guard let items = value.list(of: "names") else { return nil }
    var classes: [String] = []
    for item in items {
      guard let name = item.text() else { continue }
      guard !classes.contains(name) else {
        item.fail("'\(name)' stands in the list twice")
        continue
      }
      classes.append(name)
    }
    return classes.count == items.count ? (classes, classes.indices.map { [$0] }) : nil
  }

  /// Names with their labels on disk: `road: 7`, or `vehicle: [13, 14]`.
  private func mapped(_ value: SpecValue) -> Named? {
    guard let entries = value.entries() else { return nil }
    var owner: [Int: String] = [:]
    var named: Named = ([], [])
    for (name, value) in entries {
      let items = value.isList ? value.list(of: "labels") ?? [] : [value]
      if items.isEmpty { value.fail("holds no label; write the labels on disk that mean '\(name)'") }
      let labels = items.compactMap { item -> Int? in
        guard let label = item.integer(in: encoding.labels) else { return nil }
        if let other = owner.updateValue(name, forKey: label) {
          item.fail("\(label) is the label of class '\(other)' already")
          return nil
        }
        return label
      }
      guard !labels.isEmpty, labels.count == items.count else { continue }
      named.classes.append(name)
      named.labels.append(labels.sorted())
    }
    return named.classes.count == entries.count ? named : nil
  }

  private func void(_ value: SpecValue) -> [Int]? {
    guard let items = value.list(of: "labels") else { return nil }
    let labels = items.compactMap { $0.integer(in: encoding.labels) }
    return labels.count == items.count ? Array(Set(labels)).sorted() : nil
  }
}
