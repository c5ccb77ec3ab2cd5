import Foundation

/// Where the images and label maps of a data set lie.
public struct DataSetLayout: Hashable, Sendable {
  /// Absolute path of the folder that all patterns start from.
  public let root: String
  /// Relative path of a text file that names a split's images, one a line; nil: the split is what `images` matches.
  public let list: String?
  /// Relative path of the images: `{split}` is the split's name, `*` any run of characters within a folder or file name, `**`
  /// any folders; with a list, `{name}` is a name in it.
  public let images: String
  /// Relative path of an image's label map: `{name}` is the name in the list, or what the image's path has behind the
  /// pattern's fixed folders, without its extension and what the pattern has before that behind its last star.
  public let masks: String

  /// Takes each property as it is.
  public init(root: String, list: String? = nil, images: String, masks: String) {
    self.root = root
    self.list = list
    self.images = images
    self.masks = masks
  }

  /// The images of a split with their label maps, sorted by name, whatever the order of folders and lists; each is its own
  /// cluster.
  ///
  /// Throws a ``DataSetError`` if a folder or list is missing, there is no image, a listed image is missing or listed
  /// twice, or an image has no label map. No image is opened.
  public func list(split: String) throws(DataSetError) -> [LabelledImage] {
    guard exists(root) else { throw DataSetError("\(root) does not exist") }
    let found = try list == nil ? matched(split) : listed(split)
    let stems = found.map { $0.name.lastPathName }
    let areUnique = Set(stems).count == stems.count
    let images = zip(found, stems).map { file, stem in
      let name = areUnique ? stem : file.name
      return LabelledImage(
        name: name, image: file.path, mask: path(masks, split: split, name: file.name), cluster: name)
    }
    let missing = images.map(\.mask).filter { !exists($0) }
    if let first = missing.min() {
      throw DataSetError(
        missing.count == 1
          ? "the label map \(first) does not exist" : "\(missing.count) label maps do not exist, the first is \(first)")
    }
    if let twice = Self.repeated(images.map(\.name)) {
      throw DataSetError("two images of \(path(self.images, split: split)) have the name '\(twice)'")
    }
    return images.sorted { $0.name < $1.name }
  }

  /// Whether there is any label map, in whatever split.
  public var hasLabelMaps: Bool {
    let masks = filled(masks, split: "*", name: FilePattern(images).openStars)
    return !FilePattern(masks).files(below: root).isEmpty
  }

  /// An image, and what `{name}` stands for.
  private struct ImageFile {
    let name: String
    let path: String
  }

  private func matched(_ split: String) throws(DataSetError) -> [ImageFile] {
    let pattern = FilePattern(filled(images, split: split))
    let start = ([root] + pattern.fixed).joined(separator: "/")
    guard exists(start) else { throw DataSetError("\(start) does not exist") }
    let files = pattern.files(below: root)
    guard !files.isEmpty else { throw DataSetError("no file matches \(path(images, split: split))") }
    return files.map { ImageFile(name: pattern.name(of: $0), path: "\(start)/\($0)") }
  }

  private func listed(_ split: String) throws(DataSetError) -> [ImageFile] {
    let file = path(list ?? "", split: split)
    guard let data = FileManager.default.contents(atPath: file), let text = String(data: data, encoding: .utf8) else {
      throw DataSetError("\(file), which lists its images, \(exists(file) ? "is not a text file" : "does not exist")")
    }
    let names = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    guard !names.isEmpty else { throw DataSetError("\(file) lists no image") }
    if let twice = Self.repeated(names) { throw DataSetError("\(file) lists '\(twice)' twice") }
    let images = names.map { ImageFile(name: $0, path: path(self.images, split: split, name: $0)) }
    let missing = images.map(\.path).filter { !exists($0) }
    if let first = missing.min() {
      throw DataSetError(
        missing.count == 1
          ? "\(file) lists an image that does not exist: \(first)"
          : "\(file) lists \(missing.count) images that do not exist, the first is \(first)")
    }
    return images
  }

  private func exists(_ path: String) -> Bool {
    !path.utf8.contains(0) && FileManager.default.fileExists(atPath: path)
  }

  private func filled(_ pattern: String, split: String, name: String = "{name}") -> String {
    pattern.replacingOccurrences(of: "{split}", with: split).replacingOccurrences(of: "{name}", with: name)
  }

  private func path(_ pattern: String, split: String, name: String = "{name}") -> String {
    "\(root)/\(filled(pattern, split: split, name: name))"
  }

  private static func repeated(_ names: [String]) -> String? {
    Dictionary(grouping: names) { $0 }.filter { $1.count > 1 }.keys.min()
  }
}

/// Why a data set cannot be listed: one sentence that names the file or folder.
public struct DataSetError: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String
  init(_ description: String) { self.description = description }
}
