import Catalog

/// What is to be exported, and where.
public struct Export: Sendable {
  /// The files' format.
  public let format: ExportFormat
  /// Which tables.
  public let contents: [ExportContent]
  /// Which rows of them.
  public let selection: ExportSelection
  /// Where the files will be; made if it is missing.
  public let directory: String
  /// Whether files that are there are replaced.
  public let replaces: Bool
  /// The version of rebound that exports.
  public let build: String

  /// Takes each property as it is.
  public init(
    format: ExportFormat, contents: [ExportContent], selection: ExportSelection, directory: String, replaces: Bool,
    build: String
  ) {
    self.format = format
    self.contents = contents
    self.selection = selection
    self.directory = directory
    self.replaces = replaces
    self.build = build
  }

  /// What was written.
  public struct Summary: Sendable, Encodable {
    /// The schema of this as JSON.
    public let schema = 1
    /// The files, in the order in which they were put in their places.
    public var files: [File] = []
    /// Evaluation images, and those whose tokens were exported; nil if none were asked for.
    public var images: Findings.Coverage?
    /// Outcomes left out because their image has no baseline yet.
    public var withoutBaseline = 0
    /// Whether the run's workers all had to have the same CPU kernels.
    public let bitReproducible: Bool

    /// A file.
    public struct File: Sendable, Encodable {
      /// Where it is.
      public let path: String
      /// Its size in bytes.
      public let bytes: UInt64
      /// Rows of the table; nil in an archive of arrays.
      public let rows: Int?
    }
  }
}
