import Foundation

/// Chart.js, which a report carries in itself so that it works without a network. See docs/decisions for why.
public struct ChartLibrary: Sendable {
  /// Where Debian's package libjs-chart.js puts it.
  public static let debianPath = "/usr/share/javascript/chart.js/chart.min.js"
  /// More than this is no minified Chart.js.
  private static let largest = 1 << 20

  let script: String

  /// Why there is no library: one sentence.
  public struct Missing: Error, CustomStringConvertible {
    /// The sentence.
    public let description: String
  }

  /// Reads the library from `path`.
  public init(path: String = Self.debianPath) throws(Missing) {
    guard let handle = FileHandle(forReadingAtPath: path),
      let data = try? handle.read(upToCount: Self.largest + 1)
    else {
      throw Missing(
        description: "the page's charts need Chart.js at \(path), which cannot be read: install the package "
          + "libjs-chart.js (apt-get install libjs-chart.js)")
    }
    guard data.count <= Self.largest, let script = String(bytes: data, encoding: .utf8),
      script.contains("Chart.js v3"), !script.lowercased().contains("</script")
    else {
      throw Missing(
        description: "\(path) is not a Chart.js 3 that a page can carry: reinstall the package libjs-chart.js")
    }
    self.script = script
  }
}
