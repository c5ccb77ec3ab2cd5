import Catalog

/// Reads `windows`: `all`, `{width, stride}` or a list of `[first, last]`.
struct WindowReader {
  /// The model's decoder layers; nil if the model could not be read.
  let layers: Int?
  private static let limit = 10_000

  /// The windows in order, none twice; nil after reporting what is wrong, or where they depend on an unknown model.
  func read(_ value: SpecValue) -> [LayerWindow]? {
    if value.isWord("all") { return layers.map { [LayerWindow(first: 1, last: $0)] } }
    if value.isMapping { return sliding(value) }
    guard value.isList, let items = value.list(of: "windows") else {
      value.fail("is \(value.shown), but all, {width: 1, stride: 1} or a list such as [[1, 8]] is expected here")
      return nil
    }
    guard !items.isEmpty, items.count <= Self.limit else {
      value.fail(
        items.isEmpty ? "names no window; write all or a list such as [[1, 8]]" : "names over \(Self.limit) windows")
      return nil
    }
    var windows: [LayerWindow] = []
    for item in items {
      guard let window = window(item) else { continue }
      if windows.contains(window) {
        item.fail("window [\(window.first), \(window.last)] stands in the list twice")
      } else {
        windows.append(window)
      }
    }
    return windows.count == items.count ? windows : nil
  }

  private func sliding(_ value: SpecValue) -> [LayerWindow]? {
    guard let mapping = value.mapping(keys: ["width", "stride"]) else { return nil }
    let width = mapping.required("width", "how many layers a window has").flatMap { $0.integer(in: 1...Self.limit) }
    let stride = mapping["stride"].map { $0.integer(in: 1...Self.limit) } ?? 1
    guard let width, let stride, let layers else { return nil }
    guard width <= layers else {
      mapping["width"]?.fail("a window of \(width) layers does not fit into the model's \(layers) layers")
      return nil
    }
    return Swift.stride(from: 1, through: layers - width + 1, by: stride).map {
      LayerWindow(first: $0, last: $0 + width - 1)
    }
  }

  private func window(_ item: SpecValue) -> LayerWindow? {
    guard item.isList, let ends = item.list(of: "two layers"), ends.count == 2 else {
      item.fail("is \(item.shown), but a window is written as its first and last layer, such as [1, 8]")
      return nil
    }
    guard let first = ends[0].integer(in: 1...Int.max), let last = ends[1].integer(in: 1...Int.max) else { return nil }
    guard first <= last else {
      item.fail("[\(first), \(last)] ends before it begins")
      return nil
    }
    if let layers, last > layers {
      item.fail("[\(first), \(last)] reaches beyond the model's \(layers) layers")
      return nil
    }
    return LayerWindow(first: first, last: last)
  }
}
