extension String {
  /// The last name of a path, such as `b` of `/a/b/`; `/` of the root, and nothing of an empty path.
  ///
  /// Foundation's of `NSString` ends the process on some paths with many slashes.
  public var lastPathName: String {
    split(separator: "/").last.map(String.init) ?? (isEmpty ? "" : "/")
  }

  /// The path of the folder that the last name stands in: `/a` of `/a/b/`, `/` of `/a` and of `/`, and nothing of `a`.
  public var parentPath: String {
    let names = split(separator: "/").dropLast()
    return (hasPrefix("/") ? "/" : "") + names.joined(separator: "/")
  }
}
