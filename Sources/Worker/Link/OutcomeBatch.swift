import Foundation
import Protocol

/// Outcomes that travel in one frame.
struct OutcomeBatch {
  /// So few that a frame stays small; tests and other workers may send more.
  private static let largest = 32

  let frame: Data
  let trials: [TrialID]

  /// Frames for `outcomes`, in order. Throws for an outcome that no coordinator would accept.
  static func batches(of outcomes: [Outcome]) throws(WireError) -> [OutcomeBatch] {
    var batches: [OutcomeBatch] = []
    for start in stride(from: 0, to: outcomes.count, by: largest) {
      try append(outcomes[start..<min(start + largest, outcomes.count)], to: &batches)
    }
    return batches
  }

  private static func append(_ outcomes: ArraySlice<Outcome>, to batches: inout [OutcomeBatch]) throws(WireError) {
    do {
      let frame = try ToCoordinator.outcomes(Array(outcomes)).encoded()
      batches.append(OutcomeBatch(frame: frame, trials: outcomes.map(\.trial)))
    } catch {
      // Together they are too long for a frame.
      guard error.code == .length, outcomes.count > 1 else { throw error }
      let middle = outcomes.startIndex + outcomes.count / 2
      try append(outcomes[..<middle], to: &batches)
      try append(outcomes[middle...], to: &batches)
    }
  }
}
