extension AccessFile {
  private static let what = "access file"

  /// Writes the file at `path` with mode 0600, replacing an older one in one step.
  public func write(to path: String) throws(TransportError) { try PrivateFile.encode(self, to: path, as: Self.what) }

  /// Reads the file at `path`; throws unless it is ours and closed to everybody else.
  public init(path: String) throws(TransportError) {
    self = try PrivateFile.decode(AccessFile.self, from: path, as: Self.what)
  }
}
