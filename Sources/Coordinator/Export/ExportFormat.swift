import Catalog

/// A file format of exported tables.
public enum ExportFormat: String, CaseIterable, Sendable {
  /// Apache Parquet.
  case parquet
  /// Comma-separated values.
  case csv
  /// NumPy's archives of arrays.
  case npz
}

/// A part of a run that is exported.
public enum ExportContent: String, CaseIterable, Sendable {
  /// What each token was predicted as, at each site, under each variant.
  case tokens
  /// The report's tables of sites, effects and places.
  case cells

  /// The names of its files, without endings.
  var names: [String] {
    switch self {
    case .tokens: ["tokens"]
    case .cells: ["layers", "effects", "places"]
    }
  }
}
