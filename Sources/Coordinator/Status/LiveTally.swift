import Catalog
import Logging
import Protocol

/// The tally of a running sweep, for its status. If an outcome does not fit in, effects are no longer shown and the log says
/// why; the run itself goes on.
struct LiveTally {
  private var tally: Tally?
  private let logger: Logger

  /// How many effects a status shows.
  private static let shown = 8

  /// With what the run has committed so far.
  init(_ run: OwnedRun, logger: Logger) {
    self.logger = logger
    do { tally = try Tally(run.experiment, adding: run.store) } catch { giveUp(error) }
  }

  /// Adds a committed outcome.
  mutating func add(_ outcome: EncodedOutcome) {
    guard tally != nil, outcome.trial.stage == .sweep else { return }
    do {
      if case .cells(let results) = try Outcome.Payload(encoded: outcome.payload, of: .sweep) {
        try tally?.add(image: Int(outcome.trial.unit), variant: Int(outcome.trial.variant), results)
      }
    } catch { giveUp(error) }
  }

  /// The effects so far; nil if they could not be tallied.
  var effects: [StatusSnapshot.LiveEffect]? { tally?.liveEffects(limit: Self.shown) }

  /// The figures so far; nil if they could not be tallied.
  var figures: LiveFigures? { tally.map(LiveFigures.init) }

  private mutating func giveUp(_ error: any Error) {
    tally = nil
    logger.warning("the status shows no effects", metadata: ["reason": "\(error)"])
  }
}
