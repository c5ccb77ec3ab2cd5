import Foundation

/// Reads `audit`: `0.5%`, or a share such as 0.005.
struct AuditReader {
  /// The share, 0 where there is none.
  func read(_ value: SpecValue?) -> Double {
    guard let value, let text = value.text() else { return 0 }
    let isPercent = text.hasSuffix("%")
    let digits = (isPercent ? text.dropLast() : text[...]).trimmingCharacters(in: .whitespaces)
    guard let number = Double(digits), number.isFinite else {
      value.fail("'\(text.prefix(100))' is not a share such as 0.5% or 0.005")
      return 0
    }
    let share = isPercent ? number / 100 : number
    guard (0...1).contains(share) else {
      value.fail("\(text.prefix(100)) is not between 0% and 100%")
      return 0
    }
    return share
  }
}
