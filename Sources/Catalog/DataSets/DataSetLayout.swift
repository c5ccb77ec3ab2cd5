import Foundation

/// Where the images and label maps of a data set lie, and what their labels mean.
public struct DataSetLayout: Hashable, Sendable {
  /// Absolute path of the folder that both patterns start from.
  public let root: String
  /// Relative path of the images: `{split}` is the split's name, `*` any run of characters within a folder or file name.
  public let images: String
  /// Relative path of an image's label map: `{name}` is what the image's path has behind the pattern's fixed folders,
  /// without its extension.
  public let masks: String

  /// Takes each property as it is.
  public init(root: String, images: String, masks: String) {
    self.root = root
    self.images = images
    self.masks = masks
  }

  /// The data set in the file layout of the ADE20K scene-parsing benchmark; `root` is `ADEChallengeData2016`.
  public static func ade20k(root: String) -> DataSetLayout {
    DataSetLayout(root: root, images: "images/{split}/*.jpg", masks: "annotations/{split}/{name}.png")
  }

  /// The images of a split with their label maps, sorted by name; each is its own cluster.
  ///
  /// Throws a ``DataSetError`` if the folder is missing, no image matches, or an image has no label map. No image is
  /// opened.
  public func list(split: String) throws(DataSetError) -> [LabelledImage] {
    let pattern = images.replacingOccurrences(of: "{split}", with: split)
    let parts = pattern.split(separator: "/").map(String.init)
    let fixed = parts.dropLast().prefix { !$0.contains("*") }
    let start = ([root] + fixed).joined(separator: "/")
    guard FileManager.default.fileExists(atPath: root) else { throw DataSetError("\(root) does not exist") }
    guard FileManager.default.fileExists(atPath: start) else { throw DataSetError("\(start) does not exist") }
    // Paths behind the fixed folders.
    var found = [""]
    for part in parts.dropFirst(fixed.count) {
      found = found.flatMap { folder in
        Self.names(in: folder.isEmpty ? start : "\(start)/\(folder)", matching: part)
          .map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
      }
    }
    guard !found.isEmpty, found != [""] else { throw DataSetError("no file matches \(root)/\(pattern)") }
    let names = found.map { ($0 as NSString).deletingPathExtension }
    let stems = names.map { ($0 as NSString).lastPathComponent }
    let areUnique = Set(stems).count == stems.count
    var listed: [LabelledImage] = []
    var missing: [String] = []
    for (index, path) in found.enumerated() {
      let mask =
        "\(root)/"
        + masks.replacingOccurrences(of: "{split}", with: split).replacingOccurrences(of: "{name}", with: names[index])
      if !FileManager.default.fileExists(atPath: mask) { missing.append(mask) }
      let name = areUnique ? stems[index] : names[index]
      listed.append(LabelledImage(name: name, image: "\(start)/\(path)", mask: mask, cluster: name))
    }
    if let first = missing.min() {
      throw DataSetError(
        missing.count == 1
          ? "the label map \(first) does not exist" : "\(missing.count) label maps do not exist, the first is \(first)")
    }
    if let twice = Dictionary(grouping: listed, by: \.name).filter({ $1.count > 1 }).keys.min() {
      throw DataSetError("two images of \(root)/\(pattern) have the name '\(twice)'")
    }
    return listed.sorted { $0.name < $1.name }
  }

  /// Names in a folder that match a pattern; hidden ones never do, and a folder that cannot be listed has none.
  private static func names(in folder: String, matching pattern: String) -> [String] {
    guard pattern.contains("*") else {
      return FileManager.default.fileExists(atPath: "\(folder)/\(pattern)") ? [pattern] : []
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasPrefix(".") && matches(Array($0.utf8), Array(pattern.utf8)) }
  }

  /// Whether `pattern`, in which `*` stands for any run of bytes, matches all of `name`; linear backtracking.
  private static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
    let star = UInt8(ascii: "*")
    var (i, j) = (0, 0)
    var retry: (i: Int, j: Int)?
    while i < name.count {
      if j < pattern.count, pattern[j] == star {
        retry = (i, j)
        j += 1
      } else if j < pattern.count, pattern[j] == name[i] {
        i += 1
        j += 1
      } else if let last = retry {
        retry = (last.i + 1, last.j)
        (i, j) = (last.i + 1, last.j + 1)
      } else {
        return false
      }
    }
    return pattern[j...].allSatisfy { $0 == star }
  }
}

/// Why a data set cannot be listed: one sentence that names the file or folder.
public struct DataSetError: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String
  init(_ description: String) { self.description = description }
}
