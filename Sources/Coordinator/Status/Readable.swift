import Foundation

/// Times and rates as people read them.
package enum Readable {
  /// `0.4 s`, `12 s`, `3 min 20 s`, `5 h 12 min`, `3 d 4 h`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e10 else { return "for ever" }
    if seconds < 9.95 { return String(format: "%.1f s", max(0, seconds)) }
    let whole = Int(seconds.rounded())
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3_600: return "\(whole / 60) min \(whole % 60) s"
    case ..<86_400: return "\(whole / 3_600) h \(whole % 3_600 / 60) min"
    default: return "\(whole / 86_400) d \(whole % 86_400 / 3_600) h"
    }
  }

  /// `12.3/s`, or `4.2/min` and `1.5/h` for slow things.
  static func rate(_ perSecond: Double) -> String {
    guard perSecond.isFinite else { return "–" }
    let (number, unit) =
      perSecond >= 1 || perSecond == 0
      ? (perSecond, "/s") : perSecond >= 1.0 / 60 ? (perSecond * 60, "/min") : (perSecond * 3_600, "/h")
    return String(format: number < 100 ? "%.1f" : "%.0f", number) + unit
  }

  /// `1 worker`, `3 workers`.
  package static func count(_ number: Int, _ thing: String) -> String {
    "\(Percent.grouped(number)) \(thing)\(number == 1 ? "" : "s")"
  }
}
