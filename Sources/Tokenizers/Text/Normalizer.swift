import Foundation

/// What happens to a text between added tokens before it is cut into words.
struct Normalizer: Sendable {
  /// One change.
  enum Step: Sendable {
    /// Unicode's canonical composition.
    case nfc
    /// Put before every text that is not empty.
    case prepend([Unicode.Scalar])
    case replace([Unicode.Scalar], with: [Unicode.Scalar])
  }

  /// In order.
  let steps: [Step]

  func apply(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    steps.reduce(text) { text, step in
      switch step {
      case .nfc: Array(String(String.UnicodeScalarView(text)).precomposedStringWithCanonicalMapping.unicodeScalars)
      case .prepend(let head): text.isEmpty ? [] : head + text
      case .replace(let old, let new): text.replacingEach(old, with: new)
      }
    }
  }
}

extension [Unicode.Scalar] {
  /// Every occurrence of `old` from left to right as `new`.
  func replacingEach(_ old: [Unicode.Scalar], with new: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard let first = old.first else { return self }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(count)
    var index = 0
    while index < count {
      if self[index] == first, self[index...].starts(with: old) {
        result += new
        index += old.count
      } else {
        result.append(self[index])
        index += 1
      }
    }
    return result
  }
}
