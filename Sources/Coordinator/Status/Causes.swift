import Catalog
import Protocol

extension Sequence {
  /// Trials that were given up, in order, each with how many it stands for: an image's variants fall with its baseline, and
  /// people want to read of the image once.
  func byCause(_ trial: (Element) -> TrialID) -> [(cause: Element, trials: Int)] {
    var causes: [(cause: Element, trials: Int)] = []
    for element in self {
      if let last = causes.last.map({ trial($0.cause) }), last.stage == .sweep, last.variant == 0,
        trial(element).stage == .sweep, trial(element).unit == last.unit
      {
        causes[causes.count - 1].trials += 1
      } else {
        causes.append((element, 1))
      }
    }
    return causes
  }
}
