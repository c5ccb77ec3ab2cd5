import Foundation

/// A relative path in which `*` stands for any run of characters within a folder or file name, and `**` as a folder for any
/// folders, none included.
struct FilePattern {
  /// The folders before the first one with a star.
  let fixed: [String]
  /// What is behind them; the file's name is its last part.
  let open: [String]

  init(_ pattern: String) {
    let parts = pattern.split(separator: "/").map(String.init)
    fixed = Array(parts.dropLast().prefix { !$0.contains("*") })
    open = Array(parts.dropFirst(fixed.count))
  }

  /// The paths that match, behind the fixed folders; in no order.
  func files(below root: String) -> [String] {
    let start = ([root] + fixed).joined(separator: "/")
    guard !open.isEmpty else { return [] }
    var found = [""]
    for part in open {
      guard part != Self.anyFolders else {
        found = found.flatMap { [$0] + Self.folders(below: $0, of: start) }
        continue
      }
      found = found.flatMap { folder in
        Self.names(in: folder.isEmpty ? start : "\(start)/\(folder)", matching: part)
          .map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
      }
    }
    return found
  }

  /// A matching path without its extension, and without what the pattern has before that behind its last star.
  func name(of path: String) -> String {
    let stem = (path as NSString).deletingPathExtension
    let pattern = ((open.last ?? "") as NSString).deletingPathExtension
    guard let star = pattern.lastIndex(of: "*") else { return stem }
    let ending = pattern[star...].dropFirst()
    return stem.hasSuffix(ending) ? String(stem.dropLast(ending.count)) : stem
  }

  private static let anyFolders = "**"

  /// A pattern that has a star for each name that the open ones match.
  var openStars: String { open.map { $0 == Self.anyFolders ? $0 : "*" }.joined(separator: "/") }

  /// All folders below one of `start`, links and hidden ones left out.
  private static func folders(below folder: String, of start: String) -> [String] {
    let names = names(in: folder.isEmpty ? start : "\(start)/\(folder)", matching: "*")
    return names.map { folder.isEmpty ? $0 : "\(folder)/\($0)" }.filter { path in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(start)/\(path)")
      return attributes?[.type] as? FileAttributeType == .typeDirectory
    }
    .flatMap { [$0] + folders(below: $0, of: start) }
  }

  /// Names in a folder that match a pattern; hidden ones never do, and a folder that cannot be listed has none.
  private static func names(in folder: String, matching pattern: String) -> [String] {
    // The system would see a path that ends at a NUL, such as the folder itself.
    guard !pattern.utf8.contains(0) else { return [] }
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
