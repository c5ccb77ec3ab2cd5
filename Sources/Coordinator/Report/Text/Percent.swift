import Foundation

/// Shares as people read them: in percent, or in percentage points with a sign.
package enum Percent {
  /// `47.1`.
  package static func plain(_ share: Double) -> String { fixed(100 * share) }

  /// `+5.7`, `−15.2`, `0.0`: for differences.
  static func signed(_ share: Double) -> String {
    let text = fixed(100 * share)
    return text.hasPrefix("−") || text == "0.0" ? text : "+" + text
  }

  /// One digit behind the point, a true minus sign, and no negative zero.
  static func fixed(_ number: Double, digits: Int = 1) -> String {
    let text = String(format: "%.\(digits)f", abs(number))
    let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
    return number < 0 && !isZero ? "−" + text : text
  }

  /// `12,345`.
  package static func grouped(_ number: Int) -> String {
    let digits = Array(String(abs(number)))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return number < 0 ? "−" + text : text
  }
}

extension Estimate {
  /// How a number is written.
  enum Style {
    /// A share, in percent.
    case share
    /// A difference of shares, in percentage points.
    case change

    func text(_ share: Double) -> String {
      switch self {
      case .share: Percent.plain(share)
      case .change: Percent.signed(share)
      }
    }
  }

  /// `47.1`, or `–`.
  func valueText(_ style: Style) -> String { value.map(style.text) ?? "–" }

  /// `[44.0, 50.2]`, or nothing.
  func intervalText(_ style: Style) -> String? {
    interval.map { "[\(style.text($0.low)), \(style.text($0.high))]" }
  }

  /// Why the value or its interval is missing; nil if neither is.
  var missingReason: String? { gap?.reason ?? noInterval?.reason }
}
