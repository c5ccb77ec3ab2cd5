import CKernels
import Catalog

/// Why an image could not be walked: its states stopped being numbers.
///
/// Probes would turn such states into predictions that look like any others, so a walk that meets one has no result.
public struct WalkError: Error, Equatable, CustomStringConvertible {
  /// The first site whose states hold NaN or infinity.
  public let site: Site

  /// One sentence for people.
  public var description: String {
    "the states at \(site) hold NaN or infinity: the checkpoint's weights are damaged, or too large for float32"
  }

  /// Throws if one of `count` values at `site` is not finite.
  static func check(_ values: UnsafePointer<Float>, count: Int, at site: Site) throws(WalkError) {
    if rb_all_finite(values, Int64(count)) == 0 { throw WalkError(site: site) }
  }
}

extension DecoderStep.Output {
  /// Whether every row that is not padding is finite; `width` is the rows' width.
  func isFinite(width: Int) -> Bool {
    packing.places.allSatisfy { rows in
      rows.allSatisfy { rb_all_finite(hidden + $0.index * width, Int64(width)) == 1 }
    }
  }
}
