import Catalog
import Foundation
import Protocol

/// A trial's whole story: what it is, every attempt, its outcome, and why it waits where it does.
public struct Explanation: Sendable {
  /// The trial.
  public let trial: TrialID
  /// Image, knockout, window and arm; site; or training images.
  public let subject: String
  /// What befell it, oldest first.
  public let story: [StoryLine]
  /// Its committed outcome, if it has one.
  public let outcome: StoredOutcome?
  /// Why it was given up, if it was.
  public let error: String?
  /// Why it has no outcome yet; nil where it has, or was given up.
  public let waits: String?

  /// Explains a trial by what is on disk, and how the run stands now. Throws where there is no such trial.
  public init(_ trial: TrialID, in run: RunDirectory, _ status: StatusSnapshot) throws {
    let experiment = run.experiment
    let (units, each) = (experiment.units(of: trial.stage), experiment.trialsPerUnit(of: trial.stage))
    guard Int(trial.unit) < units, Int(trial.variant) < each else {
      let names = units == 0 ? "none" : "\(trial.stage)/0/0 to \(trial.stage)/\(units - 1)/\(each - 1)"
      throw RunFailure(
        description: "there is no trial \(trial): the \(trial.stage) stage of \(run.layout.root) has \(names)")
    }
    self.trial = trial
    subject = experiment.subject(of: trial)
    let store = try run.store()
    story = try store.story(of: trial)
    outcome = try store.outcome(of: trial)
    error = outcome == nil ? try store.quarantined().first { $0.trial == trial }?.error : nil
    waits = outcome == nil && error == nil ? Self.reason(trial, story, status) : nil
  }

  private static func reason(_ trial: TrialID, _ story: [StoryLine], _ status: StatusSnapshot) -> String {
    guard status.source == .live else { return "no coordinator is at work on the run" }
    let earlier = status.stages.first { $0.stage < trial.stage && $0.done + $0.quarantined < $0.total }
    if let earlier {
      return
        "\(trial.stage) begins when \(earlier.stage) is complete: \(earlier.done) of \(earlier.total) trials are done"
    }
    let last = story.last { $0.epoch == status.epoch }
    if let last, last.kind == .given {
      return "\(last.worker) is at it, or has it in hand: lease \(last.lease.number), attempt \(last.attempt)"
    }
    switch status.phase {
    case .paused: return "the run is paused; 'rebound resume' goes on"
    case .draining: return "the run is about to end, and gives no more work out"
    default: break
    }
    if status.workers.isEmpty { return "no worker is there" }
    let stage = status.stages.first { $0.stage == trial.stage }
    let others = stage.map { max(0, $0.total - $0.done - $0.quarantined - $0.leased - 1) } ?? 0
    return "it is in the queue with \(Readable.count(others, "other trial")), for"
      + " \(Readable.count(status.workers.count, "worker"))"
  }
}

extension Experiment {
  /// What a trial computes, for people.
  fileprivate func subject(of trial: TrialID) -> String {
    switch trial.stage {
    case .extract:
      let shard = trainingShard(Int(trial.unit))
      return "features of \(shard.count) training images, '\(shard.first?.name ?? "")' to '\(shard.last?.name ?? "")'"
    case .fit: return "the probe at \(probes.sites[Int(trial.unit)])"
    case .sweep:
      let image = "image '\(data.evaluate[Int(trial.unit)].name)'"
      guard trial.variant > 0 else { return "\(image), the baseline" }
      let variant = variants[Int(trial.variant) - 1]
      let window = "window [\(variant.window.first), \(variant.window.last)]"
      return "\(image), knockout '\(knockouts[variant.knockout].name)', \(window), \(variant.arm)"
    }
  }
}
