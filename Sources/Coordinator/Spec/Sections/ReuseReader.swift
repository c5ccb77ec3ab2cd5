import Catalog

/// Reads `reuse`: one run directory, or a list of them.
struct ReuseReader {
  let paths: SpecPaths

  private static let limit = 64

  /// Absolute paths of runs that can be read; the others are reported.
  func read(_ value: SpecValue?) -> [String] {
    guard let value else { return [] }
    guard value.isList else { return run(value).map { [$0] } ?? [] }
    guard let items = value.list(of: "run directories") else { return [] }
    guard items.count <= Self.limit else {
      value.fail("names \(items.count) runs, more than \(Self.limit)")
      return []
    }
    return items.compactMap(run)
  }

  private func run(_ value: SpecValue) -> String? {
    guard let path = value.text().map({ paths.resolve($0) }) else { return nil }
    do {
      return try RunDirectory(reading: path).layout.root
    } catch {
      value.fail("\(error)")
      return nil
    }
  }
}
