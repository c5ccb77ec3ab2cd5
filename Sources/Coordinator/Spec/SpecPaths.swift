import Foundation

/// Resolves the paths of a spec.
struct SpecPaths {
  /// Absolute path of the folder that holds the spec.
  let folder: String

  init(file: String) { folder = URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent().path }

  /// An absolute path: `~` is the home directory, a relative path starts at the spec's folder.
  func resolve(_ path: String) -> String {
    let expanded = (path as NSString).expandingTildeInPath
    return URL(fileURLWithPath: expanded, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
      .standardizedFileURL.path
  }
}
